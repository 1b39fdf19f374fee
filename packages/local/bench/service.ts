// Trials a second through ask and tell: `npm run bench -- service [seconds] [clients] [batch]`. An API, the embedded
// Postgres with all its promises, no workers; each client tells the ends of a batch and asks for the next in one call.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../config.js';
import { startStack } from '../stack.js';

const [seconds = 10, clients = 8, batch = 16] = process.argv.slice(2).map(Number);
const home = mkdtempSync(join(tmpdir(), 'caviar-bench-'));
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const stack = await startStack({
  config: readConfig({}, { CAVIAR_HOME: home, PORT: '0', CAVIAR_WORKERS: '0' }),
  log: silent,
  signal: new AbortController().signal,
  output: 'files',
});

try {
  const { id } = await post<{ id: string }>('/v1/searches', {
    trainer: { kind: 'external' },
    sampler: { kind: 'random' }, // what is measured is the service, not a sampler
    space: { x: { kind: 'float', min: -1, max: 1 }, y: { kind: 'float', min: -1, max: 1 } },
    objective: { metric: 'cost', direction: 'minimize' },
    stop: { maxTrials: 10_000_000 },
    parallelism: clients * batch,
  });
  await run(id, 2); // warm
  const before = await cpuSeconds();
  const { trials, calls, elapsedS } = await run(id, seconds);
  const cpuMs = ((await cpuSeconds()) - before) * 1000;
  const sorted = calls.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(1);
  console.log(
    `${clients} clients, batches of ${batch}: ${Math.round(trials / elapsedS)} trials/s, ` +
      `${Math.round(calls.length / elapsedS)} calls/s, a call takes ${at(0.5)} ms (p50), ${at(0.99)} ms (p99), ` +
      `and ${(cpuMs / calls.length).toFixed(1)} ms of the API’s CPU time`,
  );
} finally {
  await stack.stop();
  rmSync(home, { recursive: true, force: true });
}

interface Told {
  readonly trials: readonly {
    readonly id: string;
    readonly leaseToken: string;
    readonly params: { readonly x: number; readonly y: number };
  }[];
}

async function run(id: string, forS: number) {
  const from = performance.now();
  const calls: number[] = [];
  let trials = 0;
  const client = async () => {
    let finishes: unknown[] = [];
    for (let isOver = false; !isOver; ) {
      isOver = performance.now() - from > 1000 * forS;
      const calledAt = performance.now();
      const told = await post<Told>(`/v1/searches/${id}/tell`, { finishes, ask: isOver ? 0 : batch });
      calls.push(performance.now() - calledAt);
      trials += finishes.length;
      finishes = told.trials.map(({ id: trialId, leaseToken, params: { x, y } }) => ({
        trialId,
        leaseToken,
        status: 'completed',
        metrics: { cost: x * x + y * y },
      }));
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { trials, calls, elapsedS: (performance.now() - from) / 1000 };
}

/** CPU time of the API so far: what is left of a figure when the machine is shared with others. */
async function cpuSeconds(): Promise<number> {
  const text = await (await fetch(`${stack.url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
}

async function post<Body>(path: string, body: unknown): Promise<Body> {
  const response = await fetch(`${stack.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}
