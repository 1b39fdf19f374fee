import { DomainError, type ExternalDesk, type HandedOut } from '@caviar/orchestrator';
import { type Metrics, type Params, type SearchSpecInput, searchSpecInputSchema } from '@caviar/spec';
import { createTestDatabase, runSql, type TestDatabase } from '@caviar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reproducible, type Stack, startStack } from './support/stack.js';

// Code outside that crashes, repeats calls whose answers were lost, is started twice, or is never heard of again: what comes
// of a strict search is the same to the bit as with one program that does nothing of the kind.

let database: TestDatabase;
let stack: Stack;
beforeAll(async () => {
  database = await createTestDatabase();
  stack = await startStack({ workers: 0, databaseUrl: database.url });
});
afterAll(async () => {
  await stack.stop();
  await database.drop();
});

const STEPS = 4;
const SPEC = {
  trainer: { kind: 'external', params: { steps: STEPS }, maxRetries: 0 },
  space: {
    x: { kind: 'float', min: -2, max: 2, scale: 'linear' },
    y: { kind: 'float', min: 0.01, max: 1, scale: 'log' },
  },
  objective: { metric: 'cost', direction: 'minimize' },
  scheduler: { kind: 'fifo' },
  stop: { maxTrials: 20 },
  parallelism: 4,
  seed: 3,
  reproducibility: 'strict',
} satisfies Partial<SearchSpecInput>;

type Trial = HandedOut['trials'][number];

/** What there is to train: a bowl that is seen more clearly at every step; some of it cannot be computed. */
function metricsAt({ x, y }: Params, step: number): Metrics {
  const cost = (Number(x) - 0.5) ** 2 + Math.log10(Number(y)) ** 2 + 1 / step;
  return { cost: Number(x) < -1.8 ? null : cost, noise: step };
}

/** A number in [0, 1) for each call, from a seed. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** One program, told which mishap comes next. Its crashes stay below what makes a trial count as the cause. */
async function program(
  searchId: string,
  { name, seed, crashes }: { name: string; seed: number; crashes: Map<string, number> },
) {
  const { external } = stack.orchestrator;
  const next = chance(seed);
  const twice = async <T>(call: () => Promise<T>): Promise<T> => {
    const first = await call();
    return seed > 0 && next() < 0.2 ? call() : first; // the answer was lost, so the call is repeated
  };

  for (;;) {
    const asked = await external.ask(searchId, { count: 1 + Math.floor(2 * next()), worker: name, leaseMs: 60_000 });
    if (asked.done) return;
    if (asked.trials.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    // A crash costs every trial at hand an attempt, and one that is left behind may cost it another.
    const maySuffer = asked.trials.every(({ id }) => (crashes.get(id) ?? 0) === 0);
    const mayCrash = () => seed > 0 && next() < 0.15 && maySuffer;
    for (const trial of asked.trials) {
      const outcome = await train(external, trial, { twice, mayCrash });
      if (outcome !== 'crashed') continue;
      for (const { id } of asked.trials) crashes.set(id, (crashes.get(id) ?? 0) + 1);
      // Never heard of again, or back at once under its name, with whatever it had.
      if (next() < 0.5) break;
      await runSql(
        database.url,
        `UPDATE trials SET lease_expires_at = now() - interval '1 s' WHERE status = 'running' AND worker_id = '${name}'`,
      );
      await stack.deps.trials.reclaimExpired(3);
      break;
    }
  }
}

interface Mishaps {
  readonly twice: <T>(call: () => Promise<T>) => Promise<T>;
  readonly mayCrash: () => boolean;
}

async function train(external: ExternalDesk, trial: Trial, { twice, mayCrash }: Mishaps): Promise<'left' | 'crashed'> {
  const { id, leaseToken, params } = trial;
  const isLost = (error: unknown) => error instanceof DomainError && error.code === 'lease-lost';
  try {
    let metrics: Metrics = {};
    // Without checkpoints of its own it begins again, which changes nothing of what is stored.
    for (let step = 1; step <= STEPS; step++) {
      metrics = metricsAt(params, step);
      const { decision } = await twice(() => external.measure(id, { leaseToken, step, metrics }));
      if (decision === 'pause') return 'left';
      if (mayCrash()) return 'crashed';
    }
    await twice(() => external.finish({ trialId: id, leaseToken, status: 'completed', metrics }));
  } catch (error) {
    if (!isLost(error)) throw error;
  }
  return 'left';
}

async function outcomeOf(spec: object, seeds: readonly number[]): Promise<unknown> {
  const { search } = await stack.orchestrator.createSearch(searchSpecInputSchema.parse({ ...SPEC, ...spec }), {});
  const crashes = new Map<string, number>();
  await Promise.all(seeds.map((seed, i) => program(search.id, { name: `p${i}`, seed, crashes })));
  const ended = await stack.orchestrator.getSearch(search.id);
  expect(ended).toMatchObject({ status: 'completed', progress: { total: 20, failed: 0, running: 0 } });
  if (seeds.length > 1) expect(crashes.size).toBeGreaterThan(0); // the mishaps did happen
  return reproducible(stack, search.id);
}

test.each<[string, object]>([
  ['random', { sampler: { kind: 'random' } }],
  ['TPE', { sampler: { kind: 'tpe' } }],
  ['coarse-to-fine', { sampler: { kind: 'coarse-to-fine', rounds: 3, shrink: 0.4, top: 0.3, base: 'random' } }],
  ['ASHA', { sampler: { kind: 'random' }, scheduler: { kind: 'asha', minResource: 1, maxResource: STEPS, eta: 2 } }],
  [
    'TPE with ASHA',
    { sampler: { kind: 'tpe' }, scheduler: { kind: 'asha', minResource: 1, maxResource: STEPS, eta: 2 } },
  ],
])('%s gives the same board with one careful program and with four that crash', async (_, spec) => {
  const alone = await outcomeOf(spec, [0]);
  expect(await outcomeOf(spec, [11, 12, 13, 14])).toEqual(alone);
});
