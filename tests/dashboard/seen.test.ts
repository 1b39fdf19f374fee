import { type Client, createClient } from '@caviar/client';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, type Visit, visit } from '../support/browser.js';
import { type Dashboard, openDashboard } from '../support/dashboard.js';

// What people need beside what a page is about: its name in a tab, all digits of a value, what is chosen without its colours.

const path = findChromium();

describe.skipIf(path === null)('a page as people have it before them', () => {
  let dashboard: Dashboard;
  let client: Client;
  let url: string;
  let visited: Visit;
  let page: Page;
  let id: string;
  let trial: Awaited<ReturnType<Client['ask']>>['trials'][number];
  beforeAll(async () => {
    dashboard = await openDashboard(path!);
    ({ url } = dashboard);
    client = createClient({ baseUrl: url });
    ({ id } = await client.createSearch({
      name: 'taken home',
      trainer: { kind: 'external' },
      space: { rate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' } },
      objective: { metric: 'loss', direction: 'minimize' },
      sampler: { kind: 'random' },
      stop: { maxTrials: 1 },
    }));
    const [asked] = (await client.ask(id, { worker: 'one' })).trials;
    await client.finishTrial(asked!.id, {
      leaseToken: asked!.leaseToken,
      status: 'completed',
      metrics: { loss: 0.5 },
    });
    trial = asked!;
    visited = await visit(dashboard.browser);
    ({ page } = visited);
  });
  afterAll(() => dashboard?.close());

  const named = (title: string) => page.waitForFunction((wanted) => document.title === wanted, title);

  test('is named after what it shows, wherever one goes', async () => {
    await page.goto(`${url}/searches/${id}`);
    await named('taken home · Caviar');
    await page.getByRole('link', { name: 'Parameters' }).click();
    await named('taken home · Parameters · Caviar');
    await page.goBack();
    await named('taken home · Caviar');
    await page.getByRole('link', { name: '#0' }).first().click();
    await named('Trial 0 · taken home · Caviar');
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Searches' }).click();
    await named('Searches · Caviar');
  });

  test('gives the parameters of a trial with all digits, and says that they were copied', async () => {
    await page.goto(`${url}/trials/${trial.id}`);
    await page.getByTitle(JSON.stringify(trial.params['rate'])).waitFor();
    // As where it came by plain HTTP from another machine: there is no clipboard to write to, only a selection to copy.
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
      document.addEventListener('copy', () => {
        Object.assign(window, { copied: (document.activeElement as HTMLTextAreaElement).value });
      });
    });
    await page.getByRole('button', { name: 'the parameters' }).click();
    await page.getByText('Copied').waitFor();
    expect(JSON.parse(await page.evaluate(() => String(Reflect.get(window, 'copied'))))).toEqual(trial.params);
  });

  test('leads to the guide, and has all of its bar on a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${url}/searches`);
    const button = await page.getByRole('button', { name: 'Dark colours' }).boundingBox();
    expect(button!.x + button!.width).toBeLessThanOrEqual(360);
    await page.setViewportSize({ width: 1280, height: 860 });
    const guide = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Guide' });
    expect(await guide.getAttribute('href')).toBe('/docs/guide');
    expect((await page.request.get(`${url}/docs/guide`)).status()).toBe(200);
  });

  test('of the guide leads to the other pages also where there is no room beside it', async () => {
    await page.setViewportSize({ width: 640, height: 450 }); // as at 200 %
    await page.goto(`${url}/docs/guide/course`);
    const other = page.getByRole('navigation', { name: 'Guide' }).getByRole('link', { name: 'The dashboard' });
    const isSeen = async () => ((await other.boundingBox())?.y ?? 9999) < 450;
    expect(await isSeen()).toBe(false);
    await page.getByRole('navigation', { name: 'Service' }).getByRole('link', { name: 'Pages' }).click();
    await expect.poll(isSeen).toBe(true);
    await page.setViewportSize({ width: 1280, height: 860 });
  });

  test('that is not there leads on to what is', async () => {
    await page.goto(`${url}/searches/srch_nowhere`);
    await page.getByText('It is not there').waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    await page.getByRole('link', { name: 'All searches', exact: true }).click();
    await page.getByText('taken home').waitFor();
  });

  test('tells what is chosen where a contrast theme takes its colours away', async () => {
    await page.emulateMedia({ forcedColors: 'active' });
    await page.goto(`${url}/searches`);
    const backgroundOf = (name: string) =>
      page.getByRole('button', { name, exact: true }).evaluate((button) => getComputedStyle(button).backgroundColor);
    await page.getByText('taken home').waitFor();
    expect(await backgroundOf('All')).not.toBe(await backgroundOf('Running'));
    await page.goto(`${url}/searches/${id}`);
    const lineOf = (name: string) =>
      page
        .getByRole('navigation', { name: 'Views of the search' })
        .getByRole('link', { name })
        .evaluate((link) => getComputedStyle(link).borderBottomColor);
    await page.getByRole('heading', { name: 'taken home' }).waitFor();
    expect(await lineOf('Overview')).not.toBe(await lineOf('Trials'));
    await page.emulateMedia({ forcedColors: 'none' });
  });

  test('calls data by the name that somebody gave it, and tells each fault once', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${(i * 37) % 11},${i % 2 === 0 ? 'yes' : 'no'}`);
    const buffer = Buffer.from(`height,width,sold\n${rows.join('\n')}\n`);
    const bring = async (name: string) => {
      await page.goto(`${url}/datasets`);
      await page.getByRole('button', { name: 'Bring your own' }).click();
      await page.getByLabel('File').setInputFiles({ name, mimeType: 'text/csv', buffer });
    };
    const upload = () => page.getByRole('button', { name: 'Upload' }).click();
    await bring('boxes.csv');
    expect(await page.getByLabel('Name').inputValue()).toBe('boxes');
    await page.getByLabel('Target column').fill('sale');
    await upload();
    const fault = page.getByRole('alert').getByText('there is no column "sale"');
    await fault.waitFor();
    expect((await fault.textContent())?.match(/there is no column/g)).toHaveLength(1);
    await page.getByLabel('Target column').fill('sold');
    await upload();
    await page.getByRole('heading', { name: 'boxes' }).waitFor();
    await bring('crates.csv');
    await upload();
    await page.getByText('already, as boxes: there is none by the name crates').waitFor();
    await page.getByRole('link', { name: 'New search on it' }).click();
    const data = page.getByRole('combobox', { name: /^Data set/ });
    await data.waitFor();
    expect(await data.locator('option:checked').textContent()).toBe('boxes');
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('boxes: first look');
    await page.getByLabel('From').first().fill('0,001');
    await page.getByText('decimals have a point here, no comma').waitFor();
  });

  test('keeps a spec that is being written over a reload, and for who comes back', async () => {
    await page.goto(`${url}/searches/new`);
    const name = page.getByLabel('Name', { exact: true });
    const kept = () => page.waitForFunction(() => JSON.stringify(history.state).includes('half written'));
    await name.fill('half written');
    await kept();
    await page.reload();
    expect(await name.inputValue()).toBe('half written');
    await page.getByRole('button', { name: 'JSON' }).click();
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Searches' }).click();
    await page.getByRole('link', { name: 'New search' }).click();
    expect(await name.inputValue()).not.toBe('half written');
    await page.goBack();
    await page.goBack();
    expect(JSON.parse(await page.getByLabel('Spec as JSON').inputValue()).name).toBe('half written');
  });

  test('says on the console nothing but what was not there', () => {
    expect(visited.complaints.filter((text) => !/status of (404|422)/.test(text))).toEqual([]);
  });
});
