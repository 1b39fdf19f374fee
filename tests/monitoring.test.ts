import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { type Service, startService } from './support/service.js';

const read = (path: string) => readFileSync(new URL(`../deploy/${path}`, import.meta.url), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}
const { groups } = parse(read('prometheus/rules.yml')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly w: number };
  readonly targets?: readonly { readonly expr: string }[];
}
const board = JSON.parse(read('grafana/caviar.json')) as { uid: string; panels: Panel[] };

/** Names of the metrics in an expression of PromQL: words that are not labels, functions or keywords. */
function metricsIn(expr: string): string[] {
  const bare = expr
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, '')
    .replaceAll(/\[[^\]]*\]/g, '');
  return [...bare.matchAll(/[a-zA-Z_:][\w:]*(?!\s*\()\b/g)]
    .map(([word]) => word)
    .filter((word) => /_/.test(word) && !/^(histogram_quantile)$/.test(word));
}

let service: Service;
/** What the API and the worker tell, after a search with a webhook. */
let told: { readonly api: string; readonly worker: string };

beforeAll(async () => {
  service = await startService({ workers: 1, env: { LOG_LEVEL: 'info', CAVIAR_METRICS_PORT: '0' } });
  const json = async (path: string, init?: RequestInit) => (await fetch(service.url + path, init)).json();
  const { id } = await json('/v1/searches', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      trainer: { kind: 'quadratic' },
      space: { learningRate: { kind: 'float', min: 0.001, max: 1, scale: 'log' } },
      stop: { maxTrials: 5 },
    }),
  });
  const worker = `http://127.0.0.1:${await workerPort()}/metrics`;
  await vi.waitFor(async () => {
    expect(await json(`/v1/searches/${id}`)).toMatchObject({ status: 'completed' });
    // A result is counted when Postgres has taken it, which the API may tell of first.
    const counted = await (await fetch(worker)).text();
    expect(counted).toContain('caviar_attempts_total{outcome="completed"} 5');
  }, 60_000);
  const text = async (url: string) => (await fetch(url)).text();
  told = { api: await text(`${service.url}/metrics`), worker: await text(worker) };
});
afterAll(() => service.stop());

/** The port that the worker says in its log. */
async function workerPort(): Promise<number> {
  return vi.waitFor(() => {
    const [, port] = /"port":(\d+),"msg":"metrics are served"/.exec(service.output()) ?? [];
    expect(port).toBeDefined();
    return Number(port);
  }, 60_000);
}

/** Names of the series that a process tells, those of histograms included. */
function seriesOf(text: string): Set<string> {
  return new Set([...text.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{.*\})? /gm)].map(([, name]) => name ?? ''));
}

test('expressions are taken apart into the metrics they name', () => {
  const expr =
    'topk(8, sum by (le, my_label) (rate(a_bucket{x_y="c_d"}[5m]))) > 0.01 * max(b_total) and on (q_r) up == 0';
  expect(metricsIn(expr)).toEqual(['a_bucket', 'b_total']);
});

describe('every metric that is asked for is told by a running API or worker', () => {
  test('by the alerts', () => {
    const known = new Set([...seriesOf(told.api), ...seriesOf(told.worker)]);
    expect(rules.length).toBeGreaterThan(10);
    for (const { alert, expr } of rules) {
      const names = metricsIn(expr);
      expect(names.length, alert).toBeGreaterThan(alert === 'CaviarDown' ? -1 : 0);
      for (const name of names) expect(known, `${alert}: ${name}`).toContain(name);
    }
  });

  test('by the board', () => {
    const known = new Set([...seriesOf(told.api), ...seriesOf(told.worker)]);
    const queries = board.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
    expect(queries.length).toBeGreaterThan(20);
    for (const { title, expr } of queries) {
      expect(metricsIn(expr).length, title).toBeGreaterThan(0);
      for (const name of metricsIn(expr)) expect(known, `${title}: ${name}`).toContain(name);
    }
    for (const { title, gridPos } of board.panels) expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
  });
});

test('every metric of ours is described in docs/operations.md, and every alert', () => {
  const text = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8');
  const ours = new Set(
    [...`${told.api}\n${told.worker}`.matchAll(/^# TYPE (caviar_\w+) /gm)].map(([, name]) => name ?? ''),
  );
  expect(ours.size).toBeGreaterThan(12);
  for (const name of ours) expect(text, name).toContain(`\`${name}`);
  for (const { alert } of rules) expect(text, alert).toContain(`\`${alert}\``);
  for (const [, alert] of text.matchAll(/^\| `(Caviar\w+)` \|/gm))
    expect(rules.map((rule) => rule.alert)).toContain(alert);
});

test('alerts say how urgent they are and what happened', () => {
  for (const { alert, labels, annotations } of rules) {
    expect(['page', 'ticket'], alert).toContain(labels.severity);
    expect(annotations.summary, alert).toMatch(/\.$/);
  }
});

test('a worker tells nothing else over that port', async () => {
  const port = await workerPort();
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/v1/searches'],
    ['POST', '/metrics'],
  ] as const) {
    expect((await fetch(`http://127.0.0.1:${port}${path}`, { method })).status).toBe(404);
  }
});
