import { createTestDatabase, testRedis } from '@caviar/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../../apps/api/testing/test-app.js';
import { accessibilityFaults, findChromium, openBrowser, visit } from '../support/browser.js';

// What the dashboard does where a key is asked for, and where the service is away. Without a Chromium the journey says so.

const path = findChromium();

describe.skipIf(path === null)('access', () => {
  let service: TestApp;
  let url: string;
  let browser: Browser;
  beforeAll(async () => {
    service = await createTestApp({ database: await createTestDatabase(), redis: testRedis() }, { apiKeys: ['k3y'] });
    [url, browser] = await Promise.all([service.app.listen({ host: '127.0.0.1', port: 0 }), openBrowser(path!)]);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.close();
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
    const { orchestrator } = service.container;
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

    await service.app.close();
    await page.getByText('Disconnected').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('The service does not answer');
    expect(await page.getByRole('link', { name: 'pushed' }).isVisible()).toBe(true);
    expect(await accessibilityFaults(page)).toEqual([]);
    await context.close();
  });
});
