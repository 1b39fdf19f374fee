import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestApp } from '../apps/api/testing/test-app.js';
import { body } from '../apps/api/testing/wire.js';
import { stream } from '../packages/numerics/rng.js';

// Schedulers as code outside meets them, one trial after the other, against the papers' algorithms in their plainest form: a
// list per rung that is sorted anew each time. Some trials go wrong on their way, and come to nothing there.

const { app, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
afterAll(close);

const SPACE = { x: { kind: 'float', min: 0, max: 1 } };
const MAX_STEP = 27;
const ETA = 3;

/** A learning curve with noise, the same for whoever asks. */
const lossAt = (number: number, step: number) =>
  stream(number, 'level').uniform() + 1 / (step + 1) + 0.3 * stream(number, 'noise', step).uniform();
const goesWrong = (number: number, step: number) => stream(number, 'fate', step).uniform() < 0.06;

/** Where a job came to: its last step, and whether the trial got there. */
function train(number: number, from: number, to: number): { readonly step: number; readonly isThere: boolean } {
  for (let step = from + 1; step <= to; step++) if (goesWrong(number, step)) return { step, isThere: false };
  return { step: to, isThere: true };
}

type Job = readonly [number: number, lastStep: number];
type Ending = 'infeasible' | 'failed';

const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload });

/** Drives a whole search, and tells every job in its order. */
async function drive(scheduler: object, maxTrials: number, ending: Ending): Promise<Job[]> {
  const spec = {
    trainer: { kind: 'external', maxRetries: 0 },
    objective: { metric: 'loss', direction: 'minimize' },
    space: SPACE,
    sampler: { kind: 'random' },
    scheduler,
    stop: { maxTrials },
    parallelism: 1,
    seed: 1,
  };
  const { id } = body(await post('/v1/searches', spec), 'createSearch');
  const jobs: Job[] = [];
  for (;;) {
    const { trials, done } = body(await post(`/v1/searches/${id}/ask`, {}), 'ask');
    if (done) return jobs;
    for (const trial of trials) jobs.push([trial.number, await work(trial, ending)]);
  }
}

async function work(
  { id, number, leaseToken, step: from }: { id: string; number: number; leaseToken: string; step: number },
  ending: Ending,
): Promise<number> {
  const finish = (status: string) => post(`/v1/trials/${id}/finish`, { leaseToken, status });
  for (let step = from + 1; ; step++) {
    if (goesWrong(number, step)) {
      body(await finish(ending), 'finishTrial');
      return step;
    }
    const told = { leaseToken, step, metrics: { loss: lossAt(number, step) } };
    const { decision } = body(await post(`/v1/trials/${id}/measurements`, told), 'addMeasurement');
    if (decision === 'stop') await finish('pruned');
    if (decision !== 'continue') return step;
    if (step < MAX_STEP) continue;
    body(await finish('completed'), 'finishTrial');
    return step;
  }
}

/** Li et al., MLSys 2020, algorithm 2, with one worker, as long as trials are made. */
function asha(maxTrials: number): Job[] {
  const steps = [1, 3, 9, MAX_STEP];
  const rungs = steps.map(() => ({ came: 0, values: [] as { number: number; loss: number }[], promoted: new Set() }));
  const jobs: Job[] = [];
  for (let made = 0; ; ) {
    let next: { number: number; to: number } | null = null;
    for (let k = steps.length - 2; k >= 0 && next === null; k--) {
      const { came, values, promoted } = rungs[k]!;
      const best = values.toSorted((a, b) => a.loss - b.loss).slice(0, Math.floor(came / ETA));
      const candidate = best.find(({ number }) => !promoted.has(number));
      if (candidate === undefined) continue;
      promoted.add(candidate.number);
      next = { number: candidate.number, to: k + 1 };
    }
    if (next === null && made === maxTrials) return jobs;
    const { number, to } = next ?? { number: made++, to: 0 };
    const { step, isThere } = train(number, to === 0 ? 0 : steps[to - 1]!, steps[to]!);
    rungs[to]!.came++;
    if (isThere) rungs[to]!.values.push({ number, loss: lossAt(number, step) });
    jobs.push([number, step]);
  }
}

/** Sets of trials that are cut to a third at each rung, as often as whole ones fit into `maxTrials`. */
function brackets(maxTrials: number, kinds: readonly { readonly size: number; readonly steps: readonly number[] }[]) {
  const jobs: Job[] = [];
  for (let first = 0, k = 0; ; k++) {
    const { size, steps } = kinds[k % kinds.length]!;
    if (first + size > maxTrials) return jobs;
    let going = Array.from({ length: size }, (_, i) => first + i);
    first += size;
    steps.forEach((to, rung) => {
      const came = going.map((number) => ({ number, ...train(number, steps[rung - 1] ?? 0, to) }));
      jobs.push(...came.map(({ number, step }): Job => [number, step]));
      going = came
        .filter(({ isThere }) => isThere)
        .map(({ number }) => ({ number, loss: lossAt(number, to) }))
        .sort((a, b) => a.loss - b.loss)
        .slice(0, Math.max(1, Math.floor(came.length / ETA)))
        .map(({ number }) => number);
    });
  }
}

/** Golovin et al., KDD 2017, section 3.2.1; compared at steps 2, 5, 8, ... */
function median(maxTrials: number, startup: number): Job[] {
  const completed: Map<number, number>[] = [];
  const jobs: Job[] = [];
  trials: for (let number = 0; number < maxTrials; number++) {
    const averages = new Map<number, number>();
    const losses: number[] = [];
    let from = 0;
    for (let to = 2; to < MAX_STEP; to += 3) {
      const { step, isThere } = train(number, from, to);
      jobs.push([number, step]);
      if (!isThere) continue trials;
      from = to;
      losses.push(lossAt(number, to));
      averages.set(to, losses.reduce((sum, loss) => sum + loss, 0) / losses.length);
      const others = completed.map((one) => one.get(to)!).sort((a, b) => a - b);
      const [low, high] = [others[(others.length - 1) >> 1]!, others[others.length >> 1]!];
      if (others.length >= startup && Math.min(...losses) > (low + high) / 2) continue trials;
    }
    const { step, isThere } = train(number, from, MAX_STEP);
    jobs.push([number, step]);
    if (isThere) completed.push(averages);
  }
  return jobs;
}

const inOrder = (jobs: readonly Job[]) => jobs.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
const rungs = { minResource: 1, maxResource: MAX_STEP, eta: ETA };

describe.each(['infeasible', 'failed'] as const)(
  'where trials go wrong as %s, the jobs over HTTP are those of',
  (ending) => {
    test('asynchronous successive halving', async () => {
      const expected = asha(60);
      expect(expected.filter(([, step]) => step === MAX_STEP).length).toBeGreaterThan(0);
      expect(await drive({ kind: 'asha', ...rungs }, 60, ending)).toEqual(expected);
    });

    test('successive halving', async () => {
      const jobs = await drive({ kind: 'successive-halving', ...rungs }, 54, ending);
      expect(inOrder(jobs)).toEqual(inOrder(brackets(54, [{ size: 27, steps: [1, 3, 9, 27] }])));
    });

    test('Hyperband: brackets of 27, 12, 6 and 4', async () => {
      const kinds = [
        { size: 27, steps: [1, 3, 9, 27] },
        { size: 12, steps: [3, 9, 27] },
        { size: 6, steps: [9, 27] },
        { size: 4, steps: [27] },
      ];
      const jobs = await drive({ kind: 'hyperband', ...rungs }, 49, ending);
      expect(inOrder(jobs)).toEqual(inOrder(brackets(49, kinds)));
    });

    test('the median rule', async () => {
      const scheduler = { kind: 'median', startup: 3, warmup: 2, interval: 3, maxResource: MAX_STEP };
      const expected = median(30, 3);
      expect(expected.filter(([, step]) => step === MAX_STEP).length).toBeGreaterThan(3);
      // A trial that goes on at once is one job to its worker.
      const last = (jobs: readonly Job[]) => [...new Map(jobs.map(([number, step]) => [number, step]))];
      expect(last(await drive(scheduler, 30, ending))).toEqual(last(expected));
    });
  },
);
