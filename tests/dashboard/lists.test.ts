import { createClient } from '@caviar/client';
import { runSql } from '@caviar/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityFaults, findChromium, type Visit, visit } from '../support/browser.js';
import { type Dashboard, openDashboard } from '../support/dashboard.js';

// Lists longer than a page of the service, what is deleted while somebody looks, and machines in quarantine.

const path = findChromium();
const MANY = 240;

describe.skipIf(path === null)('lists', () => {
  let dashboard: Dashboard;
  let url: string;
  let browser: Browser;
  let visited: Visit;
  let page: Page;
  let client: ReturnType<typeof createClient>;
  const rows = () => page.locator('tbody tr');
  const create = (name: string) =>
    client.createSearch({
      name,
      trainer: { kind: 'external' },
      space: { x: { kind: 'float', min: 0, max: 1 } },
      objective: { metric: 'loss', direction: 'minimize' },
      sampler: { kind: 'random' },
      stop: { maxTrials: 3 },
    });

  beforeAll(async () => {
    dashboard = await openDashboard(path!);
    ({ url, browser } = dashboard);
    client = createClient({ baseUrl: url });
    const { id } = await create('first of all');
    // As many more as nobody would wait for, each a second older than the one before.
    await runSql(
      dashboard.databaseUrl,
      `INSERT INTO searches SELECT (jsonb_populate_record(s, jsonb_build_object(
          'id', s.id || 'x' || i, 'name', 'number ' || i, 'status', 'completed',
          'ended_at', now(), 'created_at', s.created_at - i * interval '1 second'))).*
        FROM searches s, generate_series(1, ${MANY}) AS i WHERE s.id = '${id}'`,
    );
    visited = await visit(browser, { width: 1440 });
    page = visited.page;
  });
  afterAll(() => dashboard?.close());

  test('of any length are read as far as somebody scrolls', async () => {
    await page.goto(`${url}/searches`);
    await expect.poll(() => rows().count()).toBe(100);
    await page.getByRole('button', { name: 'Show more' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => rows().count()).toBeGreaterThanOrEqual(200);
    await page.mouse.wheel(0, 30_000);
    await expect.poll(() => rows().count()).toBe(MANY + 1);
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0);
    await page.getByRole('link', { name: `number ${MANY}`, exact: true }).waitFor();
  });

  test('are filtered and ordered beyond what was read, and the address says how', async () => {
    await page.goto(`${url}/searches`);
    await expect.poll(() => rows().count()).toBe(100);
    await page.getByRole('searchbox', { name: 'Filter' }).fill(`number ${MANY - 1}`);
    await expect.poll(() => rows().count()).toBe(1);
    await page.getByRole('link', { name: `number ${MANY - 1}`, exact: true }).waitFor();
    await page.reload();
    await expect.poll(() => rows().count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Filter' }).fill('');
    await page.getByRole('button', { name: 'Created' }).click();
    await expect.poll(() => rows().first().getByRole('link').first().textContent()).toBe(`number ${MANY}`);
    expect(await page.getByRole('columnheader', { name: /Created/ }).getAttribute('aria-sort')).toBe('ascending');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await expect.poll(() => rows().first().getByRole('link').first().textContent()).toBe('first of all');
    expect(new URL(page.url()).search).toBe('?sort=name');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('get what is new at its place, and lose what is deleted', async () => {
    await page.goto(`${url}/searches`);
    await expect.poll(() => rows().count()).toBe(100);
    const { id } = await create('just made');
    await expect.poll(() => rows().first().getByRole('link').first().textContent()).toBe('just made');
    const other = await visited.context.newPage();
    await other.goto(`${url}/searches/${id}`);
    await other.getByRole('heading', { name: 'just made' }).waitFor();
    await client.pauseSearch(id);
    await other.getByText('paused', { exact: true }).waitFor();
    other.once('dialog', (dialog) => dialog.accept());
    await other.getByRole('button', { name: 'Delete' }).click();
    await other.getByRole('heading', { name: 'Searches' }).waitFor();
    await other.close();
    await expect.poll(() => page.getByRole('link', { name: 'just made' }).count()).toBe(0);
  });

  test('a search that is deleted while somebody looks at it says so', async () => {
    const { id } = await create('soon gone');
    await page.goto(`${url}/searches/${id}`);
    await page.getByRole('heading', { name: 'soon gone' }).waitFor();
    await client.cancelSearch(id);
    await page.getByText('cancelled', { exact: true }).first().waitFor();
    await client.deleteSearch(id);
    await page.getByText('This search was deleted').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('machines in quarantine are shown as soon as they are, with why and until when, and can be let work', async () => {
    await runSql(
      dashboard.databaseUrl,
      `INSERT INTO workers (id, host, pid, concurrency, runtime, last_seen_at)
        VALUES ('wrk_a', 'gpu-7', 1, 1, '{}', now() + interval '1 hour')`,
    );
    await page.goto(`${url}/workers`);
    await page.getByRole('row', { name: /wrk_a/ }).getByText('active').waitFor();
    await runSql(
      dashboard.databaseUrl,
      `INSERT INTO host_quarantines (host, reason, until)
        VALUES ('gpu-7', '3 of 3 trials failed or were lost here', now() + interval '10 minutes')`,
    );
    const card = page.getByRole('region', { name: 'Quarantine' });
    await card.getByRole('row', { name: /gpu-7.*3 of 3 trials failed.*in \d+ min/ }).waitFor();
    await page.getByRole('row', { name: /wrk_a/ }).getByText('quarantined').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await card.getByRole('button', { name: 'Let it work now' }).click();
    await page.getByRole('row', { name: /wrk_a/ }).getByText('active').waitFor();
    expect(await card.count()).toBe(0);
  });

  test('nothing was said on the console', () => {
    // The browser itself tells of what was asked for just as it was deleted.
    expect(visited.complaints.filter((text) => !/status of 404/.test(text))).toEqual([]);
  });
});
