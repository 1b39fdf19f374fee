import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestApp } from '../../apps/api/testing/test-app.js';
import { accessibilityFaults, findChromium, visit } from '../support/browser.js';
import { type Dashboard, openDashboard } from '../support/dashboard.js';

// Pages have code of their own, which is fetched when somebody goes there: maybe while the service is away, or from another release.

const path = findChromium();

describe.skipIf(path === null)('code that comes late', () => {
  let dashboard: Dashboard;
  let again: TestApp | undefined;
  let url: string;
  let browser: Browser;
  beforeAll(async () => {
    dashboard = await openDashboard(path!);
    ({ url, browser } = dashboard);
  });
  afterAll(async () => {
    await again?.close();
    await dashboard?.close();
  });

  test('is asked for again when the service is back', async () => {
    const { page, context } = await visit(browser);
    await page.goto(`${url}/searches`);
    await page.getByText('Live', { exact: true }).waitFor();
    await dashboard.service.app.close();
    await page.getByText('Disconnected').waitFor();
    await page.getByRole('link', { name: 'Workers' }).click();
    await page.getByRole('status', { name: 'Loading' }).waitFor();
    expect(await page.getByText('The service does not answer').isVisible()).toBe(true);
    again = await dashboard.again();
    await page.getByRole('heading', { name: 'Workers' }).waitFor();
    await context.close();
  });

  test('is that of the release that is there now', async () => {
    const { page, context } = await visit(browser);
    await page.goto(`${url}/searches`);
    await page.getByText('Live', { exact: true }).waitFor();
    // The files of the release that the page is of are gone; the page of the new one finds its own.
    let isOld = true;
    page.on('request', (request) => {
      if (request.isNavigationRequest()) isOld = false;
    });
    await page.route('**/assets/*.js', (route) => (isOld ? route.fulfill({ status: 404 }) : route.continue()));
    await page.getByRole('link', { name: 'Data sets' }).click();
    await page.getByRole('heading', { name: 'Data sets' }).waitFor();
    expect(page.url()).toBe(`${url}/datasets`);
    await context.close();
  });

  test('that never comes is told in the place of its page, and the other pages go on', async () => {
    const { page, context } = await visit(browser);
    await page.goto(`${url}/searches`);
    await page.route('**/assets/workers-page*.js', (route) => route.fulfill({ status: 404 }));
    await page.getByRole('link', { name: 'Workers' }).click();
    await page.getByRole('alert').getByText('This page could not be shown').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Data sets' }).click();
    await page.getByRole('heading', { name: 'Data sets' }).waitFor();
    await context.close();
  });
});
