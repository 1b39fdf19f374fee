import { createClient } from '@caviar/client';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessibilityFaults, findChromium, type Visit, visit } from '../support/browser.js';
import { type Dashboard, openDashboard } from '../support/dashboard.js';
import { clickPoint, expectExports } from '../support/pictures.js';

// Several objectives and constraints in a real browser: the front, the choice of an objective, and what is done with a mouse to pictures.

const path = findChromium();
const COUNT = 40;

describe.skipIf(path === null)('several objectives', () => {
  let dashboard: Dashboard;
  let url: string;
  let browser: Browser;
  let visited: Visit;
  let page: Page;
  let id: string;
  let client: ReturnType<typeof createClient>;
  beforeAll(async () => {
    dashboard = await openDashboard(path!);
    ({ url, browser } = dashboard);
    client = createClient({ baseUrl: url });
    ({ id } = await client.createSearch({
      name: 'fast or right',
      trainer: { kind: 'external' },
      space: {
        width: { kind: 'int', min: 8, max: 1024, scale: 'log' },
        activation: { kind: 'categorical', choices: ['relu', 'tanh'] },
      },
      objective: [
        { metric: 'error', direction: 'minimize' },
        { metric: 'latency', direction: 'minimize' },
      ],
      constraints: [{ metric: 'memory', max: 500 }],
      sampler: { kind: 'random' },
      stop: { maxTrials: COUNT },
      parallelism: COUNT,
      seed: 3,
    }));
    const { trials } = await client.ask(id, { count: COUNT });
    const finishes = trials.map(({ id: trialId, leaseToken, params, number }) => {
      const width = Number(params['width']);
      const slower = params['activation'] === 'tanh' ? 2 : 1;
      const metrics = {
        error: 1 / Math.log2(width) + (number % 5) / 50,
        latency: (slower * width) / 10,
        memory: width,
      };
      return { trialId, leaseToken, status: 'completed' as const, step: 1, metrics };
    });
    await client.tell(id, { finishes });
    visited = await visit(browser, { height: 1000 });
    page = visited.page;
  });
  afterAll(() => dashboard?.close());

  const open = (address: string) => page.goto(`${url}${address}`);
  const card = (name: string | RegExp) => page.getByRole('region', { name });

  test('the front, what it dominates and what breaks a constraint are told apart, drawn and ranked', async () => {
    await open(`/searches/${id}`);
    const picture = card('Pareto front').getByRole('img');
    await card('Pareto front').locator('canvas').first().waitFor();
    const points = await client.trialPoints(id, { metrics: ['memory'] });
    const broken = points.metrics['memory']!.filter((memory) => Number(memory) > 500).length;
    const front = points.front!.filter((rank) => rank === 1).length;
    expect(broken).toBeGreaterThan(0);
    expect(front).toBeGreaterThan(2);
    expect(await picture.getAttribute('aria-label')).toContain(
      `${COUNT} trials: ${front} on the front, ${broken} break a constraint`,
    );
    await page.getByText('memory ≤ 500').waitFor();
    const leaders = card('Leaderboard').getByRole('row');
    await expect.poll(() => leaders.nth(1).getByRole('cell').first().textContent()).toBe('1');
    for (const name of ['Front', 'error', 'latency', 'memory']) {
      await card('Leaderboard').getByRole('columnheader', { name, exact: true }).waitFor();
    }
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('a click on a point opens its trial, which tells what it broke', async () => {
    const points = await client.trialPoints(id, { metrics: ['error', 'latency', 'memory'] });
    const latency = points.metrics['latency']!.map(Number);
    const worst = latency.indexOf(Math.max(...latency));
    // The topmost point is the one of the greatest latency.
    await clickPoint(page, 'Pareto front', 'first');
    await page.getByRole('heading', { name: `Trial ${points.number[worst]}`, exact: true }).waitFor();
    await page.getByText('memory ≤ 500').waitFor();
    expect(points.metrics['memory']![worst]).toBeGreaterThan(500);
    expect(await page.getByTitle('breaks a constraint').count()).toBe(1);
    await card('Metrics').getByText('the only one so far').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('every picture shows the objective that is chosen, and the address says which', async () => {
    await open(`/searches/${id}`);
    await card('Importance').getByText('for error').waitFor();
    await page
      .getByRole('group', { name: 'Objective' })
      .getByRole('button', { name: /^latency/ })
      .click();
    await card('Importance').getByText('for latency').waitFor();
    const { items } = await client.bestSoFar(id, { objective: 'latency' });
    await expect
      .poll(() => card('Best so far').getByRole('img').getAttribute('aria-label'))
      .toContain(`the best latency is ${items.at(-1)!.value}`);
    await page.reload();
    await card('Importance').getByText('for latency').waitFor();
    await expectExports(page, {
      'Pareto front': 'number,front,keepsConstraints,error,latency,memory',
      'Best so far': 'number,status,latency,isNewBest,keepsConstraints',
      Importance: 'parameter,share,spread',
    });
    await open(`/searches/${id}/parameters?objective=latency`);
    await expectExports(page, {
      'Parallel coordinates': 'number,width,activation,latency',
      Slice: 'number,width,latency',
      Contour: 'number,width,activation,latency',
    });
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('learning curves are those of the best by the objective that is chosen, within the bounds', async () => {
    await open(`/searches/${id}/curves?metric=memory`);
    await card('Learning curves')
      .getByRole('img', { name: /curves of memory/ })
      .waitFor();
    await page
      .getByRole('group', { name: 'Objective' })
      .getByRole('button', { name: /^latency/ })
      .click();
    await card('Learning curves')
      .getByRole('img', { name: /10 curves of latency/ })
      .waitFor();
    const { items } = await client.trialTable(id, {
      sort: 'metrics.latency',
      filter: { 'metrics.memory': { max: 500 } },
    });
    const links = card('Trials drawn').getByRole('link');
    await expect.poll(() => links.allTextContents()).toEqual(items.slice(0, 10).map(({ number }) => `#${number}`));
  });

  test('ranges are brushed on an axis, stay when the page is read again, and lead to the trials', async () => {
    await open(`/searches/${id}/parameters`);
    const parallel = card('Parallel coordinates');
    await parallel.locator('canvas').first().waitFor();
    const box = (await parallel.locator('canvas').first().boundingBox())!;
    // The first axis stands 56 pixels from the left, from 36 below the top to 20 above the bottom.
    await page.mouse.move(box.x + 56, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + 56, box.y + 110, { steps: 5 });
    await page.mouse.move(box.x + 56, box.y + 180, { steps: 5 });
    await page.mouse.up();
    const show = parallel.getByRole('link', { name: /^Show \d+ chosen$/ });
    await show.waitFor();
    const count = Number(/\d+/.exec((await show.textContent()) ?? '')![0]);
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThan(COUNT);
    const brush = JSON.parse(new URL(page.url()).searchParams.get('brush')!) as Record<string, [number, number][]>;
    expect(Object.keys(brush)).toEqual(['params.width']);
    await page.reload();
    await parallel.getByRole('link', { name: `Show ${count} chosen` }).waitFor();
    // What is drawn anew has the rectangle too: left of the axis, where nothing else is.
    const isPainted = (y: number) =>
      parallel
        .locator('canvas')
        .first()
        .evaluate((element, down) => {
          const { width, clientWidth } = element as HTMLCanvasElement;
          const scale = width / clientWidth;
          const pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
          pixel.drawImage(element as HTMLCanvasElement, -50 * scale, -down * scale);
          return pixel.getImageData(0, 0, 1, 1).data[3]! > 0;
        }, y);
    await expect.poll(() => isPainted(120)).toBe(true);
    expect(await isPainted(45)).toBe(false);
    await parallel.getByRole('link', { name: `Show ${count} chosen` }).click();
    await page.getByText(`${count} shown`).waitFor();
    await page.goBack();
    await parallel.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => show.count()).toBe(0);
    expect(page.url()).not.toContain('brush');
  });

  test('the table has all that decides, front by front; pins, columns and filters are in its address', async () => {
    await open(`/searches/${id}/trials`);
    const table = page.getByRole('table', { name: 'Trials' });
    await table
      .getByRole('row')
      .nth(COUNT - 5)
      .waitFor();
    const heads = await table.getByRole('columnheader').allTextContents();
    expect(heads.slice(1, 8)).toEqual(['#', 'trial', 'status', 'front ↑', 'error', 'latency', 'memory']);
    const fronts = (await client.trialTable(id, { sort: 'front', limit: 5 })).items.map(({ number }) => `#${number}`);
    for (const [i, name] of fronts.entries()) {
      await table
        .getByRole('row')
        .nth(i + 1)
        .getByRole('link', { name, exact: true })
        .waitFor();
    }
    await table.getByRole('button', { name: 'latency' }).click();
    await page.getByText('Columns', { exact: true }).click();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('checkbox', { name: 'duration' }).click();
    await page.keyboard.press('Escape');
    for (const row of [1, 2, 3]) await table.getByRole('row').nth(row).getByRole('checkbox').click();
    await card('Compared').getByText('3 pinned').waitFor();
    const address = page.url();
    await page.reload();
    await card('Compared').getByText('3 pinned').waitFor();
    expect(page.url()).toBe(address);
    await expect.poll(() => table.getByRole('columnheader', { name: 'duration' }).count()).toBe(0);
    expect(await table.getByRole('columnheader', { name: /^latency/ }).getAttribute('aria-sort')).toBe('ascending');
    expect(
      await card('Compared')
        .getByRole('row', { name: /^memory/ })
        .count(),
    ).toBe(1);
    await card('Compared')
      .getByRole('button', { name: /^Unpin/ })
      .first()
      .click();
    await card('Compared').getByText('2 pinned').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  test('a trial is opened by its number, by the keyboard alone', async () => {
    await open(`/searches/${id}`);
    const field = page.getByLabel('Number of a trial');
    await field.focus();
    await page.keyboard.type('999');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('There is no trial 999').waitFor();
    await field.fill('7');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Trial 7', exact: true }).waitFor();
  });

  test('objectives and constraints are chosen by form, checked as one types, and are the same as JSON', async () => {
    await open('/searches/new');
    const objective = (number: number) => page.getByRole('group', { name: `Objective ${number}` });
    const metric = objective(1).getByRole('combobox').first();
    expect(await metric.inputValue()).toBe('dev.error');
    await metric.selectOption('dev.accuracy');
    expect(await objective(1).getByLabel('Direction').inputValue()).toBe('maximize');
    await page.getByRole('button', { name: 'Add objective' }).click();
    await objective(2).getByRole('combobox').first().selectOption('train.error');
    await page.getByRole('button', { name: 'Add constraint' }).click();
    const bound = page.getByRole('group', { name: 'Constraint 1' });
    await bound.getByText('needs min, max or both').waitFor();
    await bound.getByLabel('Metric').selectOption('dev.loss');
    await bound.getByLabel('At most').fill('0.5');
    await card('Plan').getByText('maximize dev.accuracy, minimize train.error').waitFor();
    await card('Plan').getByText('dev.loss ≤ 0.5').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel('Target value').fill('0.1');
    await page.getByText('needs a search with one objective').first().waitFor();
    await page.getByLabel('Target value').fill('');
    await page.getByRole('button', { name: 'JSON' }).click();
    const text = await page.getByLabel('Spec as JSON').inputValue();
    const accuracy = { metric: 'dev.accuracy', direction: 'maximize' };
    expect(JSON.parse(text)).toMatchObject({
      objective: [accuracy, { metric: 'train.error', direction: 'minimize' }],
      constraints: [{ metric: 'dev.loss', max: 0.5 }],
    });
    // And the other way round: what JSON says stands in the form, and what is not reported is told at its place.
    await page.getByLabel('Spec as JSON').fill(text.replace('"train.error"', '"train.eror"'));
    await page.getByRole('button', { name: 'Form' }).click();
    await objective(2).getByText('reports no metric "train.eror"').waitFor();
    await page.getByRole('button', { name: 'Take objective 2 away' }).click();
    await page.getByRole('button', { name: 'Take constraint 1 away' }).click();
    await page.getByRole('button', { name: 'Start the search' }).click();
    await page.getByRole('navigation', { name: 'Views of the search' }).waitFor();
    const [started] = (await client.listSearches({ limit: 1 })).items;
    expect(started!.spec).toMatchObject({ objective: accuracy });
    expect([started!.spec.objectives, started!.spec.constraints]).toEqual([undefined, undefined]);
    await client.cancelSearch(started!.id);
  });

  test('nothing was said on the console', () => {
    // The browser itself tells of previews of what was wrong on purpose.
    expect(visited.complaints.filter((text) => !/status of 422 .*\/preview$/.test(text))).toEqual([]);
  });
});
