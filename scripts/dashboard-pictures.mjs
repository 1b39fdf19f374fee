#!/usr/bin/env node
// Takes the pictures of docs/images anew: node scripts/dashboard-pictures.mjs http://127.0.0.1:3000 /usr/bin/chromium
// Of a running service with workers, which has two searches more by that. Values are those of the machine that trains; sizes stay.
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const [url = 'http://127.0.0.1:3000', executablePath = '/usr/bin/chromium'] = process.argv.slice(2);
const FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url));
const WIDTH = 1280;

const DIGITS = {
  name: 'digits, coarse to fine',
  trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 8 } },
  space: {
    learningRate: { kind: 'float', min: 1e-4, max: 0.3, scale: 'log' },
    hiddenUnits: { kind: 'int', min: 4, max: 64, scale: 'log' },
    keepProb: { kind: 'float', min: 0.5, max: 1 },
    optimizer: { kind: 'categorical', choices: ['gd', 'momentum', 'rmsprop', 'adam'] },
    beta2: { kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog', when: { optimizer: ['rmsprop', 'adam'] } },
  },
  sampler: { kind: 'coarse-to-fine', rounds: 3 },
  stop: { maxTrials: 60 },
  seed: 3,
};

const LATENCY = {
  name: 'latency against error',
  trainer: { kind: 'external' },
  space: {
    learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
    width: { kind: 'int', min: 8, max: 1024, scale: 'log' },
    depth: { kind: 'int', min: 1, max: 6 },
  },
  objective: [
    { metric: 'error', direction: 'minimize' },
    { metric: 'latencyMs', direction: 'minimize' },
    { metric: 'recall', direction: 'maximize' },
  ],
  constraints: [
    { metric: 'memoryMb', max: 512 },
    { metric: 'recall', min: 0.3 },
  ],
  sampler: { kind: 'nsga2' },
  stop: { maxTrials: 150 },
  parallelism: 10,
  seed: 5,
};

/** What a network of that size might come to. @param {{ learningRate: number, width: number, depth: number }} params */
function measured({ learningRate, width, depth }) {
  const miss = Math.log10(learningRate / 0.01) ** 2;
  const error = 0.05 + 0.03 * miss + 0.35 / (width * depth) ** 0.5;
  const latencyMs = 1 + (width * depth ** 1.4) / 60;
  return { error, latencyMs, recall: 0.98 - 2.2 * error, memoryMb: 20 + (width * width * depth) / 2500 };
}

/** @param {string} path @param {object} [body] */
async function call(path, body) {
  const headers = { 'content-type': 'application/json' };
  const request = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
  const response = await fetch(url + path, request);
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return response.json();
}

async function trainDigits() {
  const { id } = await call('/v1/searches', DIGITS);
  while ((await call(`/v1/searches/${id}`)).status === 'running') await new Promise((done) => setTimeout(done, 200));
  return id;
}

async function tellLatencies() {
  const { id } = await call('/v1/searches', LATENCY);
  /** @type {object[]} */
  let finishes = [];
  for (;;) {
    const { trials, done } = await call(`/v1/searches/${id}/tell`, { finishes, ask: 10 });
    if (done) return id;
    finishes = trials.map((/** @type {any} */ { id: trialId, leaseToken, params }) => {
      return { trialId, leaseToken, status: 'completed', metrics: measured(params) };
    });
  }
}

const digits = await trainDigits();
const latency = await tellLatencies();
/** @type {[name: string, address: string, height: number, press?: string][]} */
const PICTURES = [
  ['overview', `/searches/${digits}`, 1040, 'Log'],
  ['learning-curves', `/searches/${digits}/curves`, 760],
  ['coarse-to-fine', `/searches/${digits}/plan`, 820],
  ['bias-and-variance', `/searches/${digits}/diagnosis`, 890],
  ['pareto-front', `/searches/${latency}`, 960],
  ['new-search', '/searches/new', 900],
];
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
for (const [name, address, height, press] of PICTURES) {
  const page = await browser.newPage({ colorScheme: 'light', viewport: { width: WIDTH, height } });
  await page.goto(url + address);
  await page.locator('canvas, svg[role=img], h2, h3').first().waitFor();
  if (press !== undefined) await page.getByRole('button', { name: press }).first().click();
  await page.getByText('Live').first().waitFor();
  await page.waitForLoadState('networkidle').catch(() => {}); // the stream of changes stays open
  await page.waitForTimeout(3_000); // what moves in has come to rest
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `${FOLDER}${name}.png` });
  await page.close();
}
await browser.close();
