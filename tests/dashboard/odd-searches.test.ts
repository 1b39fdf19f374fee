import { type Client, createClient } from '@caviar/client';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, type Visit, visit } from '../support/browser.js';
import { type Dashboard, openDashboard } from '../support/dashboard.js';

// Searches as people make them and nobody draws them: names of any length and with any sign, one parameter, nothing but failures.

const path = findChromium();

describe.skipIf(path === null)('odd searches', () => {
  let dashboard: Dashboard;
  let browser: Browser;
  let client: Client;
  let url: string;
  let visited: Visit;
  let page: Page;
  beforeAll(async () => {
    dashboard = await openDashboard(path!);
    ({ url, browser } = dashboard);
    client = createClient({ baseUrl: url });
    visited = await visit(browser);
    ({ page } = visited);
  });
  afterAll(() => dashboard?.close());

  type Spec = Parameters<Client['createSearch']>[0];

  /** A search that is over, whose trials came to the metrics given, or failed. */
  async function ended(more: Partial<Spec>, outcomes: readonly (Readonly<Record<string, number>> | null)[]) {
    const { id } = await client.createSearch({
      trainer: { kind: 'external', maxRetries: 0 },
      space: { x: { kind: 'float', min: 0, max: 1 } },
      objective: { metric: 'loss', direction: 'minimize' },
      sampler: { kind: 'random' },
      stop: { maxTrials: outcomes.length },
      parallelism: 1,
      ...more,
    });
    for (const metrics of outcomes) {
      const [trial] = (await client.ask(id, { worker: 'one' })).trials;
      const { leaseToken } = trial!;
      const end = metrics === null ? { status: 'failed' as const } : { status: 'completed' as const, metrics };
      await client.finishTrial(trial!.id, { leaseToken, ...end });
    }
    return id;
  }

  const tooWide = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

  test('names of 200 letters without a space widen no page', async () => {
    const metric = 'm'.repeat(200);
    const space = { ['p'.repeat(100)]: { kind: 'float', min: 0, max: 1 } } as const;
    const objective = { metric, direction: 'minimize' } as const;
    const id = await ended({ name: 'N'.repeat(200), space, objective }, [{ [metric]: 45_123.678 }, { [metric]: 2 }]);
    const [trial] = (await client.listTrials(id, { limit: 1 })).items;
    const addresses = ['/searches', `/searches/${id}`, `/searches/${id}/parameters`, `/trials/${trial!.id}`];
    for (const address of addresses) {
      await page.goto(`${url}${address}`);
      await page.getByText('N'.repeat(200)).waitFor();
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 860 });
        expect(await tooWide(), `${address} at ${width}`).toBe(0);
      }
    }
    await page.goto(`${url}${addresses[1]}`);
    await page.getByRole('cell', { name: '45,124' }).waitFor(); // what it came to is in sight, as people write it
  });

  test('parameters and metrics with spaces and commas are columns as all others', async () => {
    const space = {
      'learning rate': { kind: 'float', min: 0, max: 1 },
      'a, b': { kind: 'int', min: 3, max: 3 },
    } as const;
    const id = await ended({ space }, [{ loss: 1, 'val loss, best': 0.125 }]);
    await page.goto(`${url}/searches/${id}/trials`);
    const table = page.getByRole('table', { name: 'Trials' });
    for (const name of ['learning rate', 'a, b']) await table.getByRole('columnheader', { name }).waitFor();
    await page.getByText('Columns').click();
    await page.getByLabel('val loss, best').check();
    await table.getByRole('cell', { name: '0.125', exact: true }).waitFor();
    await page.reload();
    await table.getByRole('cell', { name: '0.125', exact: true }).waitFor();
    await table.getByRole('columnheader', { name: 'a, b' }).waitFor();
  });

  test('where every trial failed, nothing is promised any more', async () => {
    const id = await ended({}, [null, null]);
    for (const tab of ['', '/parameters']) {
      await page.goto(`${url}/searches/${id}${tab}`);
      await page.getByText('No trial came to a result').first().waitFor();
      expect(await page.getByText(/\byet\b/).count(), tab).toBe(0);
    }
    const [trial] = (await client.listTrials(id, { limit: 1 })).items;
    await page.goto(`${url}/trials/${trial!.id}`);
    await page.getByText('It reported no measurements').waitFor();
  });

  test('one parameter has no pairs to be drawn', async () => {
    const id = await ended({}, [{ loss: 1 }, { loss: 2 }]);
    await page.goto(`${url}/searches/${id}/parameters`);
    await page.getByRole('img', { name: /^Slice/ }).waitFor();
    expect(await page.getByRole('img', { name: /^Contour/ }).count()).toBe(0);
  });

  test('the list says of several objectives that it shows the first', async () => {
    const objective = [
      { metric: 'accuracy', direction: 'maximize' },
      { metric: 'latency', direction: 'minimize' },
    ] as const;
    await ended({ name: 'trade-off', objective }, [{ accuracy: 0.5, latency: 3 }]);
    await page.goto(`${url}/searches`);
    const row = page.getByRole('row', { name: /trade-off/ });
    await row.getByText('first of 2 objectives').waitFor();
    expect(await row.getByTitle('accuracy, latency').count()).toBe(1);
  });

  test('nothing was said on the console', () => {
    expect(visited.complaints).toEqual([]);
  });
});
