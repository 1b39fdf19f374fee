// The dashboard at scale: `npm run bench -- dashboard`. A search is filled with trials; while more arrive, a
// real browser opens it, and the time to its first paint and the frames of a long scroll are measured.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { readConfig } from '../config.js';
import { startStack } from '../stack.js';
import { number, readOptions } from './support/options.js';

const { trials: wanted, arrivals: perSecond } = readOptions('npm run bench -- dashboard', {
  trials: number('trials in the search before it is opened', 100_000),
  arrivals: number('trials that arrive every second meanwhile', 200),
});
const FILL_BATCH = 500;
const SCROLL_MS = 3_000;
const DRAWING_MS = 8_000;
const home = mkdtempSync(join(tmpdir(), 'caviar-bench-'));
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const stack = await startStack({
  config: readConfig({}, { CAVIAR_HOME: home, PORT: '0', CAVIAR_WORKERS: '0' }),
  log: silent,
  signal: new AbortController().signal,
  output: 'files',
});
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

try {
  const { id } = await post<{ id: string }>('/v1/searches', {
    name: 'a full search',
    trainer: { kind: 'external' },
    sampler: { kind: 'random' },
    space: {
      learningRate: { kind: 'float', min: 1e-5, max: 1, scale: 'log' },
      units: { kind: 'int', min: 4, max: 1024, scale: 'log' },
      optimizer: { kind: 'categorical', choices: ['sgd', 'adam', 'lion'] },
    },
    objective: { metric: 'loss', direction: 'minimize' },
    stop: { maxTrials: 10_000_000 },
    parallelism: 4 * FILL_BATCH,
  });
  await Promise.all([1, 2, 3].map(() => fill(id, wanted / 3)));
  const stop = new AbortController();
  const arriving = arrive(id, stop.signal);
  arriving.catch(() => {}); // told below; what fails first is told first
  const { firstPaintMs, rowsMs, waits } = await opening(browser, `${stack.url}/searches/${id}/trials`);
  const { page, frames } = await scrolling(browser, `${stack.url}/searches/${id}/trials`);
  const shown = await page.getByText(/shown$/).textContent();
  const charts: string[] = [];
  for (const tab of ['', '/parameters', '/plan']) {
    charts.push(`${tab === '' ? '/overview' : tab}: ${await drawing(browser, `${stack.url}/searches/${id}${tab}`)}`);
  }
  stop.abort();
  const arrived = await arriving;
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(1);
  const mean = frames.reduce((sum, ms) => sum + ms, 0) / frames.length;
  console.log(`${shown}, ${Math.round(arrived)} arriving a second`);
  console.log(`first paint after ${Math.round(firstPaintMs)} ms, rows after ${Math.round(rowsMs)} ms`);
  if (process.env['CAVIAR_BENCH_DETAIL'] !== undefined) console.log(waits.join('\n'));
  console.log(
    `scrolling: ${Math.round(1000 / mean)} frames a second; a frame takes ${at(0.5)} ms (p50), ${at(0.95)} ms (p95), ${at(0.99)} ms (p99)`,
  );
  for (const line of charts) console.log(line);
} finally {
  await browser.close();
  await stack.stop();
  rmSync(home, { recursive: true, force: true });
}

/** Opens the page afresh, as somebody does who has never been there. */
async function opening(from: Browser, url: string) {
  const page = await from.newPage();
  // Told by the page itself: asking it from here takes time too.
  await page.addInitScript(`new MutationObserver((_, observer) => {
    if (document.querySelectorAll('.virtual tbody a').length < 10) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.rowsMs = performance.now(); }));
  }).observe(document, { subtree: true, childList: true });`);
  await page.goto(url);
  await page.getByRole('row').nth(10).getByRole('link').waitFor();
  const rowsMs = await page.evaluate<number>('window.rowsMs');
  const firstPaintMs = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
  );
  // What was fetched on the way to the rows, and when.
  const waits = await page.evaluate<string[]>(`performance.getEntriesByType('resource').map(
    ({ name, startTime, responseStart, responseEnd }) =>
      [startTime, responseStart, responseEnd].map((ms) => ms.toFixed(0).padStart(6)).join(' ') + ' ' + new URL(name).pathname)`);
  await page.close();
  return { firstPaintMs, rowsMs, waits };
}

/** Draws the charts of a page, and again as trials come: tasks that kept the page from answering for longer than a blink. */
async function drawing(from: Browser, url: string): Promise<string> {
  const page = await from.newPage();
  await page.addInitScript(`window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ startTime, duration }) => [startTime, duration])))
      .observe({ type: 'longtask', buffered: true });`);
  const since = performance.now();
  await page.goto(url);
  await page.locator('canvas').first().waitFor();
  const drawnMs = performance.now() - since;
  await page.waitForTimeout(3_000);
  const drawn = await page.evaluate(() => performance.now());
  await page.waitForTimeout(DRAWING_MS);
  const tasks = await page.evaluate<[number, number][]>('window.tasks');
  await page.close();
  const longest = (isIt: (at: number) => boolean) =>
    Math.max(0, ...tasks.filter(([at]) => isIt(at)).map(([, ms]) => ms)).toFixed(0);
  const later = tasks.filter(([at]) => at > drawn);
  const share = (100 * later.reduce((sum, [, ms]) => sum + ms, 0)) / DRAWING_MS;
  return `drawn after ${Math.round(drawnMs)} ms, longest task ${longest((at) => at <= drawn)} ms at first and ${longest((at) => at > drawn)} ms later; tasks over 50 ms take ${share.toFixed(1)} % of the time`;
}

/** Scrolls through the table, and gives the time of each frame. */
async function scrolling(
  from: Browser,
  url: string,
): Promise<{ readonly page: Page; readonly frames: readonly number[] }> {
  const page = await from.newPage();
  await page.goto(url);
  await page.getByRole('row').nth(10).getByRole('link').waitFor();
  const frames = await page.evaluate<number[]>(`(async () => {
    const table = document.querySelector('.virtual');
    const times = [];
    const until = performance.now() + ${SCROLL_MS};
    let last = performance.now();
    while (performance.now() < until) {
      await new Promise(requestAnimationFrame);
      table.scrollTop += 60;
      times.push(performance.now() - last);
      last = performance.now();
    }
    return times.slice(1);
  })()`);
  return { page, frames };
}

interface Told {
  readonly trials: readonly {
    readonly id: string;
    readonly number: number;
    readonly leaseToken: string;
    readonly params: { readonly learningRate: number; readonly units: number };
  }[];
}

/** One round trip: ends of trials, and the next ones. */
async function tell(id: string, trials: Told['trials'], ask: number): Promise<Told['trials']> {
  const finishes = trials.map(({ id: trialId, number, leaseToken, params }) => ({
    trialId,
    leaseToken,
    status: 'completed',
    step: 1,
    metrics: { loss: 0.1 + (Math.log10(params.learningRate) + 2.5) ** 2 / 50 + ((number * 7919) % 1000) / 1e4 },
  }));
  return (await post<Told>(`/v1/searches/${id}/tell`, { finishes, ask })).trials;
}

async function fill(id: string, count: number): Promise<void> {
  let trials: Told['trials'] = [];
  for (let done = 0; done < count; done += trials.length) trials = await tell(id, trials, FILL_BATCH);
  await tell(id, trials, 0);
}

/** Trials that end at a steady pace; gives how many a second there were. */
async function arrive(id: string, signal: AbortSignal): Promise<number> {
  const since = performance.now();
  let done = 0;
  let trials = await tell(id, [], perSecond / 4);
  while (!signal.aborted) {
    await new Promise((resolve) =>
      setTimeout(resolve, Math.max(0, since + (1000 * done) / perSecond - performance.now())),
    );
    done += trials.length;
    trials = await tell(id, trials, perSecond / 4);
  }
  return (1000 * done) / (performance.now() - since);
}

async function post<Answer>(path: string, body: object): Promise<Answer> {
  const response = await fetch(`${stack.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}
