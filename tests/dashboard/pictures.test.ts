import { type Client, createClient } from '@caviar/client';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, type Visit, visit } from '../support/browser.js';
import { type Dashboard, openDashboard } from '../support/dashboard.js';
import { clickPoint, expectExports } from '../support/pictures.js';

// Every picture of a search and of a trial: it is saved as a picture and as numbers, and a click on what is of a trial opens it.

const path = findChromium();

describe.skipIf(path === null)('pictures', () => {
  let dashboard: Dashboard;
  let browser: Browser;
  let visited: Visit;
  let client: Client;
  let url: string;
  let id: string;
  beforeAll(async () => {
    dashboard = await openDashboard(path!);
    ({ url, browser } = dashboard);
    client = createClient({ baseUrl: url });
    ({ id } = await client.createSearch({
      name: 'all pictures',
      trainer: { kind: 'external' },
      space: { rate: { kind: 'float', min: 0.001, max: 1, scale: 'log' }, width: { kind: 'int', min: 2, max: 64 } },
      objective: [
        { metric: 'dev.error', direction: 'minimize' },
        { metric: 'train.error', direction: 'minimize' },
      ],
      sampler: { kind: 'coarse-to-fine', rounds: 2 },
      scheduler: { kind: 'asha', minResource: 1, maxResource: 4, eta: 2 },
      stop: { maxTrials: 10 },
      parallelism: 1,
      seed: 3,
    }));
    await train();
    visited = await visit(browser, { height: 1000 });
  });
  afterAll(() => dashboard?.close());

  /** Trains whatever is asked to be trained, as code of one's own would. */
  async function train(): Promise<void> {
    for (let i = 0; i < 60; i++) {
      const { trials, done } = await client.ask(id, { worker: 'bench' });
      if (done) return;
      for (const { id: trialId, leaseToken, params, step: from } of trials) {
        let decision = 'continue';
        for (let step = from + 1; step <= 4 && decision === 'continue'; step++) {
          const train = Math.abs(Math.log10(Number(params['rate'])) + 1.5) / 10 + 0.3 / step;
          const metrics = { 'train.error': train, 'dev.error': train + Number(params['width']) / 500 };
          ({ decision } = await client.addMeasurement(trialId, { leaseToken, step, metrics }));
        }
        const status = decision === 'stop' ? 'pruned' : 'completed';
        if (decision !== 'pause') await client.finishTrial(trialId, { leaseToken, status });
      }
    }
    throw new Error('the search does not end');
  }

  test.each<[tab: string, charts: Readonly<Record<string, string>>]>([
    ['/curves', { 'Learning curves': 'number,step,dev.error,train.error' }],
    [
      '/plan',
      {
        'Map of coarse to fine': 'number,round,rate,width,dev.error',
        Rungs: 'step,arrived,wentOn,stopped,waiting,best,q1,median,q3',
        'Timeline of workers': 'worker,number,attempt,from,to,status',
      },
    ],
    ['/diagnosis', { 'Bias and variance': 'number,trainError,devError,avoidableBias,variance' }],
  ])('at %s are saved', async (tab, charts) => {
    await visited.page.goto(`${url}/searches/${id}${tab}`);
    await expectExports(visited.page, charts);
  });

  test('of a trial are saved', async () => {
    const { best } = await client.getSearch(id);
    await visited.page.goto(`${url}/trials/${best!.trialId}`);
    await expectExports(visited.page, { 'Learning curve: error': 'step,train.error,dev.error' });
  });

  test.each([
    ['', 'Best so far'],
    ['', 'Pareto front'],
    ['/curves', 'Learning curves'],
    ['/parameters', 'Parallel coordinates'],
    ['/parameters', 'Slice'],
    ['/parameters', 'Contour'],
    ['/plan', 'Map of coarse to fine'],
    ['/plan', 'Timeline of workers'],
    ['/diagnosis', 'Bias and variance'],
  ])('at %j, a click in %s opens the trial', async (tab, name) => {
    const { page } = visited;
    await page.goto(`${url}/searches/${id}${tab}`);
    await clickPoint(page, name, 'first');
    await page.waitForURL(/\/trials\/trl_/);
    await page.getByRole('heading', { level: 1, name: /^Trial \d+$/ }).waitFor();
  });

  test('a click on the line of the best, between points, opens the trial that was the best then', async () => {
    const { page } = visited;
    await page.goto(`${url}/searches/${id}`);
    const { best } = await client.getSearch(id);
    await clickPoint(page, 'Best so far', 'last'); // the end of the line lies lowest
    await page.waitForURL(`${url}/trials/${best!.trialId}`);
  });

  test('nothing was said on the console', () => {
    expect(visited.complaints).toEqual([]);
  });
});
