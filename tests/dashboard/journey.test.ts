import { readFile } from 'node:fs/promises';
import { createClient } from '@caviar/client';
import type { SearchSpecBody } from '@caviar/contracts';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityFaults, findChromium, openBrowser, type Visit, visit } from '../support/browser.js';
import { type Service, startService } from '../support/service.js';

// Through every page in a real browser, against the service as it is shipped, with trials that are really trained.

const path = findChromium();
if (path === null) {
  process.stderr.write('dashboard: skipped, there is no Chromium: install one, or set CHROMIUM_PATH\n');
}

const SPACE: SearchSpecBody['space'] = {
  learningRate: { kind: 'float', min: 1e-4, max: 0.1, scale: 'log' },
  hiddenUnits: { kind: 'int', min: 4, max: 16, scale: 'log' },
  optimizer: { kind: 'categorical', choices: ['gd', 'adam'] },
  beta2: { kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog', when: { optimizer: ['adam'] } },
};
const MLP: SearchSpecBody['trainer'] = { kind: 'mlp', dataset: 'digits', params: { epochs: 3 } };

describe.skipIf(path === null)('the dashboard', () => {
  let service: Service;
  let browser: Browser;
  let visited: Visit;
  let page: Page;
  let client: ReturnType<typeof createClient>;
  let rounds = '';
  let rungs = '';

  beforeAll(async () => {
    [service, browser] = await Promise.all([startService({ workers: 2 }), openBrowser(path!)]);
    client = createClient({ baseUrl: service.url });
    visited = await visit(browser);
    page = visited.page;
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  const open = (address: string) => page.goto(`${service.url}${address}`);
  const seen = (text: string | RegExp) => page.getByText(text).first().waitFor();
  const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();
  const card = (name: string | RegExp) => page.getByRole('region', { name });
  /** Pictures are drawn: each has a canvas, and none of the states that stand for one. */
  const drawn = async (...names: readonly string[]) => {
    for (const name of names) await card(name).locator('canvas').first().waitFor();
    expect(await page.getByText('This could not be loaded').count()).toBe(0);
  };

  test('an empty service says what to do', async () => {
    await open('/');
    await seen('No searches yet');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('searches appear by themselves and run to their end before one’s eyes', async () => {
    const common = { trainer: MLP, space: SPACE, seed: 4 };
    rounds = (
      await client.createSearch({
        ...common,
        name: 'in rounds',
        sampler: { kind: 'coarse-to-fine', rounds: 3 },
        stop: { maxTrials: 18 },
      })
    ).id;
    rungs = (
      await client.createSearch({
        ...common,
        name: 'with rungs',
        sampler: { kind: 'random' },
        scheduler: { kind: 'asha', minResource: 1, eta: 3 },
        stop: { maxTrials: 9 },
      })
    ).id;
    const row = page.getByRole('row', { name: /in rounds/ });
    await row.waitFor();
    await row.getByText('completed').waitFor({ timeout: 50_000 });
    await page
      .getByRole('row', { name: /with rungs/ })
      .getByText('completed')
      .waitFor({ timeout: 50_000 });
    expect(await row.getByRole('img').getAttribute('aria-label')).toMatch(/^From [\d.]+ % to [\d.]+ %$/);
    await page.getByRole('searchbox', { name: 'Filter' }).fill('rungs');
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await page.getByRole('button', { name: 'Failed' }).click();
    await seen('No search matches');
    await page.getByRole('button', { name: 'All' }).click();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('a search opens from the list: its best, its leaders, its history', async () => {
    await page.getByRole('searchbox', { name: 'Filter' }).fill('');
    await page.getByRole('link', { name: 'in rounds' }).click();
    await heading('in rounds');
    const { best } = await client.getSearch(rounds);
    await seen(`${(100 * best!.value).toFixed(2)} %`);
    await drawn('Best so far');
    await card('Leaderboard')
      .getByRole('link', { name: `#${best!.number}`, exact: true })
      .waitFor();
    await card('What to do next').getByText('Avoidable bias').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('every chart is saved as a picture and as numbers', async () => {
    const save = async (what: string): Promise<Buffer> => {
      await page.getByLabel('Export Best so far').click();
      const [download] = await Promise.all([
        page.waitForEvent('download') as Promise<Download>,
        page.getByRole('button', { name: what }).first().click(),
      ]);
      return readFile(await download.path());
    };
    await page.getByLabel('Export Best so far').click();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('button', { name: 'Picture (PNG)' }).count()).toBe(0);
    const picture = await save('Picture (PNG)');
    expect([...picture.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(picture.length).toBeGreaterThan(4000);
    const lines = String(await save('Numbers (CSV)'))
      .trim()
      .split('\r\n');
    expect(lines[0]).toBe('number,status,dev.error,isNewBest');
    expect(lines).toHaveLength(19);
  });

  test('trials are sorted, filtered, pinned and compared, and the address says so', async () => {
    await page.getByRole('navigation', { name: 'Views of the search' }).getByText('Trials').click();
    const table = page.getByRole('table', { name: 'Trials' });
    await table.getByRole('row').nth(15).waitFor();
    await table.getByRole('button', { name: 'learningRate' }).click();
    await expect.poll(() => page.url()).toContain('sort=params.learningRate');
    const { items } = await client.trialTable(rounds, { sort: 'params.learningRate', limit: 200 });
    await table
      .getByRole('row')
      .nth(1)
      .getByRole('link', { name: `#${items[0]!.number}`, exact: true })
      .waitFor();
    for (const row of [1, 2]) await table.getByRole('row').nth(row).getByRole('checkbox').click();
    await card('Compared')
      .getByRole('columnheader', { name: `#${items[1]!.number}` })
      .waitFor();
    await card('Trials').getByText('Filter', { exact: true }).click();
    await page.locator('.menu-items').getByRole('button', { name: 'hiddenUnits', exact: true }).click();
    await page.getByLabel('hiddenUnits to').fill('8');
    const few = items.filter(({ params }) => Number(params['hiddenUnits']) <= 8).length;
    await seen(`${few} shown`);
    await page.reload();
    await seen(`${few} shown`);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('learning curves are smoothed as one likes', async () => {
    await open(`/searches/${rounds}/curves`);
    await drawn('Learning curves');
    await page.getByRole('slider').fill('0.9');
    await seen('0.9 · about 10 steps');
    await expect.poll(() => page.url()).toContain('beta=0.9');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('parameters: parallel coordinates, slice, contour, importance', async () => {
    await open(`/searches/${rounds}/parameters`);
    await drawn('Parallel coordinates', 'Slice', 'Contour', 'Importance');
    await card('Slice').getByRole('combobox', { name: 'Parameter' }).selectOption('optimizer');
    await expect.poll(() => page.url()).toContain('slice=optimizer');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('the plan: rounds, rungs, and who trained what', async () => {
    await open(`/searches/${rounds}/plan`);
    await drawn('Map of coarse to fine', 'Timeline of workers');
    await seen('18 stretches on 2 workers');
    await open(`/searches/${rungs}/plan`);
    await drawn('Rungs', 'Timeline of workers');
    expect(await card('Rungs').getByRole('img').getAttribute('aria-label')).toContain('9 trials came to step 1');
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('bias and variance lead to a next search, which starts', async () => {
    await open(`/searches/${rounds}/diagnosis`);
    await drawn('Bias and variance');
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Open the suggested next search' }).click();
    await heading('Suggested next search');
    await page.getByLabel('Trials at most').fill('4');
    await page.getByRole('button', { name: 'Start the search' }).click();
    await page.getByRole('navigation', { name: 'Views of the search' }).waitFor();
    const { items } = await client.listSearches();
    expect(items[0]?.spec.stop.maxTrials).toBe(4);
    await seen('completed');
  });

  test('a new search by form: draws as they would come, faults where they are', async () => {
    await open('/searches/new');
    await page.getByRole('img', { name: /^Draws of learningRate/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel('From').first().fill('10');
    await seen('must not be below min (10)');
    expect(await page.getByRole('button', { name: 'Start the search' }).isDisabled()).toBe(true);
    await page.getByLabel('From').first().fill('1e-3');
    await page.getByRole('button', { name: 'JSON' }).click();
    const text = await page.getByLabel('Spec as JSON').inputValue();
    expect(JSON.parse(text).space.learningRate.min).toBe(0.001);
    await page.getByLabel('Spec as JSON').fill(text.replace('"stop"', '"halt"'));
    await seen('/halt');
    await page.getByLabel('Spec as JSON').fill(
      JSON.stringify({
        name: 'to be stopped',
        trainer: { kind: 'quadratic', params: { steps: 10_000_000 } },
        space: { learningRate: { kind: 'float', min: 1e-6, max: 1e-5 } },
        stop: { maxTrials: 100_000 },
      }),
    );
    await page.getByRole('button', { name: 'Start the search' }).click();
    await heading('to be stopped');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    page.once('dialog', (dialog) => dialog.accept());
    await page.getByRole('button', { name: 'Cancel' }).click();
    await seen('cancelled');
    await page.getByRole('link', { name: 'Duplicate' }).click();
    await expect.poll(() => page.getByLabel('Name').first().inputValue()).toBe('to be stopped, again');
  });

  test('one trial: its curves, why it is, what became of it', async () => {
    const { best } = await client.getSearch(rounds);
    await open(`/trials/${best!.trialId}`);
    await heading(`Trial ${best!.number}`);
    await drawn('Learning curve: error', 'Learning curve: loss', 'Gradient norms', 'Mean activations');
    await card('Why').getByText('Proposed').waitFor();
    await card('History').getByText('completed', { exact: true }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('its network is taken home, and asked about a few rows', async () => {
    const take = async (format: string): Promise<Buffer> => {
      await page.locator('summary').filter({ hasText: 'Model' }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download') as Promise<Download>,
        page.getByRole('button', { name: format }).click(),
      ]);
      return readFile(await download.path());
    };
    const safetensors = await take('safetensors');
    const header = JSON.parse(String(safetensors.subarray(8, 8 + Number(safetensors.readBigUInt64LE(0)))));
    expect(Object.keys(header).length).toBeGreaterThan(2);
    expect(String(await take('ONNX'))).toContain('caviar');
    const predict = card('Predict');
    await predict.getByRole('textbox').fill(`${Array(64).fill(0).join(',')}\n${Array(64).fill(8).join(',')}`);
    await predict.getByRole('button', { name: 'Predict' }).click();
    const answers = page.getByRole('table', { name: 'Predictions' }).getByRole('row');
    await expect.poll(() => answers.count()).toBe(3);
    expect(await answers.nth(1).textContent()).toMatch(/^1\d\d+\.\d %$/);
    await predict.getByRole('textbox').fill('1,2,3');
    await predict.getByRole('button', { name: 'Predict' }).click();
    await predict.getByRole('alert').getByText('64').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('a trial that runs is changed by hand, and the log says so', async () => {
    const { id } = await client.createSearch({
      name: 'panda',
      trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 100_000, hiddenUnits: 4 } },
      space: { learningRate: { kind: 'float', min: 0.001, max: 0.01 } },
      stop: { maxTrials: 1 },
      sampler: { kind: 'random' },
    });
    await open(`/searches/${id}/trials`);
    await page.getByRole('row').nth(1).getByText('running').waitFor();
    await page.getByRole('row').nth(1).getByRole('link').click();
    await card('Panda')
      .getByLabel(/^New value/)
      .fill('0.0005');
    await page.getByRole('button', { name: 'Change from the next step on' }).click();
    await card('Panda').getByText('applied').waitFor();
    await card('Parameters').getByText('5e-4').waitFor();
    // What others do is pushed.
    const trialId = page.url().split('/').at(-1)!;
    await client.editTrial(trialId, { learningRate: 0.0007 });
    await card('Parameters').getByText('7e-4').waitFor();
    await card('Panda').getByText('learningRate 5e-4 → 7e-4').waitFor();
    await page.getByLabel('Back to step').fill('1');
    await page.getByRole('button', { name: 'Rewind' }).click();
    await card('Panda').getByText('went back').waitFor();
    page.once('dialog', (dialog) => dialog.accept());
    await page.getByRole('button', { name: 'Fork into a search' }).click();
    await page.getByRole('navigation', { name: 'Views of the search' }).waitFor();
    const [fork] = (await client.listSearches({ limit: 1 })).items;
    expect(fork!.id).not.toBe(id);
    await seen(fork!.name);
    await Promise.all([client.cancelSearch(id), client.cancelSearch(fork!.id)]);
    await seen('cancelled');
  });

  test('workers and data sets', async () => {
    await page.getByRole('link', { name: 'Workers', exact: true }).click();
    await heading('Workers');
    await expect.poll(() => page.getByRole('row').getByText('active').count()).toBe(2);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Data sets', exact: true }).click();
    await card('Handwritten digits').getByText('1,797').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${(i * 37) % 11},${i % 2 === 0 ? 'yes' : 'no'}`);
    await page.getByRole('button', { name: 'Bring your own' }).click();
    const buffer = Buffer.from(`height,width,sold\n${rows.join('\n')}\n`);
    await page.getByLabel('File').setInputFiles({ name: 'boxes.csv', mimeType: 'text/csv', buffer });
    await page.getByLabel('Name').fill('boxes');
    await page.getByRole('button', { name: 'Upload' }).click();
    await heading('boxes');
    await page.getByRole('row', { name: /sold target/ }).waitFor();
    await card('Rows per class').getByRole('row', { name: /yes/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('in dark colours and on a phone nothing is less readable, and nothing is beyond the edge', async () => {
    const dark = await visit(browser, { theme: 'dark', width: 390 });
    const { best } = await client.getSearch(rounds);
    const tabs = ['', '/trials?pins=0,1', '/curves', '/parameters', '/plan', '/diagnosis', '/spec'];
    const others = [
      '/searches',
      '/searches/new',
      `/trials/${best!.trialId}`,
      '/workers',
      '/datasets',
      '/datasets/digits',
    ];
    for (const address of [...tabs.map((tab) => `/searches/${rounds}${tab}`), ...others]) {
      await dark.page.goto(`${service.url}${address}`);
      await dark.page.getByRole('heading', { level: 1 }).waitFor();
      await expect.poll(() => dark.page.getByLabel('Loading').count(), { timeout: 20_000 }).toBe(0);
      for (const menu of await dark.page.locator('.menu > summary').all())
        await menu.evaluate((it) => (it as HTMLElement).click());
      expect(await accessibilityFaults(dark.page), address).toEqual([]);
      const width = await dark.page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, address).toBeLessThanOrEqual(390);
    }
    expect(dark.complaints).toEqual([]);
    await dark.context.close();
  });

  test('what is not there is told, and addresses of the API stay the API’s', async () => {
    await open('/searches/srch_nothing');
    await seen('There is no search srch_nothing');
    for (const [address, type] of [
      ['/v1/nothing', 'application/problem+json; charset=utf-8'],
      ['/openapi.json', 'application/json; charset=utf-8'],
      ['/metrics', 'text/plain; version=0.0.4; charset=utf-8'],
    ] as const) {
      const response = await fetch(`${service.url}${address}`, { headers: { accept: 'text/html' } });
      expect(response.headers.get('content-type'), address).toBe(type);
    }
  });

  test('nothing was said on the console', () => {
    // The browser itself tells of the 404 and the 422 that were asked for above, and of a search whose importance is not known yet.
    const expected = /status of 404|status of 409 .*\/importance$|status of 422 .*\/predict$/;
    expect(visited.complaints.filter((text) => !expected.test(text))).toEqual([]);
  });
});
