import { createClient } from '@caviar/client';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityFaults, findChromium, visit } from '../support/browser.js';
import { type Dashboard, openDashboard } from '../support/dashboard.js';

// What the dashboard does where a key is asked for, and where the service is away. Without a Chromium the journey says so.

const path = findChromium();

describe.skipIf(path === null)('access', () => {
  let dashboard: Dashboard;
  let url: string;
  let browser: Browser;
  beforeAll(async () => {
    dashboard = await openDashboard(path!, { apiKeys: ['k3y'] });
    ({ url, browser } = dashboard);
  });
  afterAll(() => dashboard?.close());

  test('somebody whose key may only read sees everything, and is told clearly what it may not do', async () => {
    const admin = createClient({ baseUrl: url, apiKey: 'k3y' });
    const { key } = await admin.createKey({ name: 'looks on', role: 'read' });
    const { id } = await admin.createSearch({
      name: 'not yours',
      trainer: { kind: 'external' },
      space: { x: { kind: 'float', min: 0, max: 1 } },
      objective: { metric: 'loss', direction: 'minimize' },
      stop: { maxTrials: 3 },
    });
    const { page, context } = await visit(browser);
    await page.goto(`${url}/searches/${id}`);
    await page.getByLabel('API key').fill(key);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'not yours' }).waitFor();
    expect(page.url()).toBe(`${url}/searches/${id}`);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('alert').getByText('role').waitFor();
    await page.goto(`${url}/searches/new`);
    const start = page.getByRole('button', { name: 'Start the search' });
    await expect.poll(() => start.isEnabled()).toBe(true);
    await start.click();
    await page.getByRole('alert').getByText('role').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    // A key that is not known any more: the page asks for another one, at the address where one was.
    await page.evaluate(() => sessionStorage.setItem('caviar-api-key', 'revoked'));
    await page.goto(`${url}/searches/${id}`);
    await page.getByText('The service does not know this key').waitFor();
    await page.getByLabel('API key').fill(key);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'not yours' }).waitFor();
    await admin.cancelSearch(id);
    await admin.deleteSearch(id);
    await context.close();
  });

  test('the page asks for a key, keeps it for the tab alone, follows with it, and says when the service is away', async () => {
    const { page, context } = await visit(browser);
    await page.goto(`${url}/searches`);
    const key = page.getByLabel('API key');
    await key.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await key.fill('wrong');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('The service does not know this key').waitFor();
    await key.fill('k3y');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('No searches yet').waitFor();

    // Pushed to a page with a key: a stream that carries headers.
    const { orchestrator } = dashboard.service.container;
    await orchestrator.createSearch(
      {
        name: 'pushed',
        trainer: { kind: 'quadratic', params: {}, maxRetries: 0 },
        space: { learningRate: { kind: 'float', min: 0.1, max: 1, scale: 'linear' } },
        sampler: { kind: 'random' },
        scheduler: { kind: 'fifo' },
        stop: { maxTrials: 3 },
        parallelism: 1,
        reproducibility: 'strict',
      },
      {},
    );
    await page.getByRole('link', { name: 'pushed' }).waitFor();

    await page.reload();
    await page.getByRole('link', { name: 'pushed' }).waitFor();
    const other = await context.newPage();
    await other.goto(`${url}/workers`);
    await other.getByLabel('API key').waitFor();
    await other.close();
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain('k3y');

    await dashboard.service.app.close();
    await page.getByText('Disconnected').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('The service does not answer');
    expect(await page.getByRole('link', { name: 'pushed' }).isVisible()).toBe(true);
    expect(await accessibilityFaults(page)).toEqual([]);

    // It is back, at the same address; what happened in the meantime was told to nobody.
    const id = (await orchestrator.listSearches({ limit: 1 })).items[0]!.id;
    await orchestrator.patchSearch(id, { name: 'renamed meanwhile' });
    const again = await dashboard.again();
    try {
      await page.getByText('Live', { exact: true }).waitFor();
      await page.getByRole('link', { name: 'renamed meanwhile' }).waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
      await again.container.orchestrator.pauseSearch(id);
      await page
        .getByRole('row', { name: /renamed/ })
        .getByText('paused')
        .waitFor();
    } finally {
      await context.close();
      await again.close();
    }
  });
});
