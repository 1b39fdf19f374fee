import { createClient } from '@caviar/client';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, type Visit, visit } from '../support/browser.js';
import { type Dashboard, openDashboard } from '../support/dashboard.js';

// Every page by the keyboard alone.

/** What is kept in a page from before the walk. */
interface Walked {
  readonly walk: {
    readonly shown: readonly Element[];
    nameOf(it: Element): string;
    /** Whether it looks other than before it had the focus. */
    isOther(it: Element): boolean;
  };
}

const path = findChromium();

describe.skipIf(path === null)('by the keyboard', () => {
  let dashboard: Dashboard;
  let browser: Browser;
  let visited: Visit;
  let url: string;
  let search: string;
  let trial: string;
  beforeAll(async () => {
    dashboard = await openDashboard(path!);
    ({ url, browser } = dashboard);
    const client = createClient({ baseUrl: url });
    const { id } = await client.createSearch({
      name: 'keys',
      trainer: { kind: 'external' },
      space: { rate: { kind: 'float', min: 0.001, max: 1, scale: 'log' }, width: { kind: 'int', min: 2, max: 64 } },
      objective: [
        { metric: 'dev.error', direction: 'minimize' },
        { metric: 'train.error', direction: 'minimize' },
      ],
      stop: { maxTrials: 3 },
    });
    const { trials } = await client.ask(id, { count: 3 });
    const finishes = trials.map(({ id: trialId, leaseToken, number }) => ({
      trialId,
      leaseToken,
      status: 'completed' as const,
      step: 1,
      metrics: { 'dev.error': 0.3 - number / 20, 'train.error': 0.1 + number / 20 },
    }));
    await client.tell(id, { finishes });
    [search, trial] = [id, trials[0]!.id];
    visited = await visit(browser);
  });
  afterAll(() => dashboard?.close());

  /** What can be used on the page, in its order, and what Tab comes to; `!` where one does not see where one is. */
  async function walk(): Promise<{ readonly controls: readonly string[]; readonly reached: readonly string[] }> {
    const { page } = visited;
    const count = await page.evaluate(() => {
      (document.activeElement as HTMLElement | null)?.blur();
      const all = document.querySelectorAll<HTMLElement>(
        'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex="0"]',
      );
      const shown = [...all].filter((it) => it.checkVisibility());
      const nameOf = (it: Element) =>
        `${it.tagName.toLowerCase()} ${it.getAttribute('aria-label') ?? it.textContent}`.slice(0, 60);
      const lookOf = (it: Element) => {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(it);
        return [outlineStyle, outlineWidth, outlineColor, boxShadow].join(' ');
      };
      const looks = new Map(shown.map((it) => [it, lookOf(it)]));
      Object.assign(window, { walk: { shown, nameOf, isOther: (it: HTMLElement) => lookOf(it) !== looks.get(it) } });
      return shown.length;
    });
    const reached: string[] = [];
    for (let i = 0; i < count; i++) {
      await page.keyboard.press('Tab');
      reached.push(
        await page.evaluate(() => {
          const { nameOf, isOther } = (window as unknown as Walked).walk;
          const it = document.activeElement ?? document.body;
          return `${isOther(it) ? '' : '! '}${nameOf(it)}`;
        }),
      );
    }
    const controls = await page.evaluate(() => {
      const { shown, nameOf } = (window as unknown as Walked).walk;
      return shown.map(nameOf);
    });
    return { controls, reached };
  }

  test.each<readonly [string, () => string]>([
    ['the searches', () => '/searches'],
    ['a new search', () => '/searches/new'],
    ['a new search as JSON', () => '/searches/new?as=json'],
    ...['', '/trials?pins=0,1', '/curves', '/parameters', '/plan', '/diagnosis', '/spec'].map(
      (tab) => [`a search, ${tab === '' ? 'overview' : tab}`, () => `/searches/${search}${tab}`] as const,
    ),
    ['a trial', () => `/trials/${trial}`],
    ['workers', () => '/workers'],
    ['data sets', () => '/datasets'],
    ['a data set', () => '/datasets/digits'],
  ])('Tab comes to all of %s in its order, and one sees where one is', async (_, address) => {
    const { page } = visited;
    await page.goto(`${url}${address()}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await expect.poll(() => page.getByLabel('Loading').count()).toBe(0);
    const { controls, reached } = await walk();
    expect(controls.length).toBeGreaterThan(5);
    expect(reached).toEqual(controls);
  });

  test('a menu is opened by Enter, and closed by Escape, which leads back to its button', async () => {
    const { page } = visited;
    await page.goto(`${url}/searches/${search}`);
    const button = page.getByLabel('Export Best so far');
    await button.focus();
    await page.keyboard.press('Enter');
    const item = page.getByRole('button', { name: 'Picture (PNG)' });
    await item.waitFor();
    await page.keyboard.press('Tab');
    expect(await item.evaluate((it) => it === document.activeElement)).toBe(true);
    await page.keyboard.press('Escape');
    expect(await item.count()).toBe(0);
    expect(await button.evaluate((it) => it === document.activeElement)).toBe(true);
  });
});
