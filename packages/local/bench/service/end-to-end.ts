import { setTimeout as sleep } from 'node:timers/promises';
import { cpuEach, cpuTimes } from '../support/cpu.js';
import { fillTrials, LEARNING_RATE } from '../support/fill.js';
import type { Service } from '../support/service.js';

export interface RunOptions {
  readonly sampler?: Readonly<Record<string, unknown>>;
  readonly scheduler?: Readonly<Record<string, unknown>>;
  /** Gradient steps: 1 gives one measurement, 1000 gives ten. */
  readonly steps: number;
  readonly trials: number;
  /** Trials that are there before. */
  readonly history?: number;
}

/** Trials a second, and the processor time that each took. */
export interface Rate {
  readonly perSecond: number;
  readonly cpu: string;
}

interface View {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
  readonly progress: { readonly total: number; readonly completed: number; readonly pruned: number };
}

/**
 * Trials a second that workers carry out from proposal to leaderboard, from the first that is made to the end of the search. With
 * a history, the search comes to it by a first trial and then goes on.
 */
export async function runSearch(service: Service, options: RunOptions): Promise<Rate> {
  const { sampler = { kind: 'random' }, scheduler = { kind: 'fifo' }, steps, trials, history = 0 } = options;
  const spec = {
    trainer: { kind: 'quadratic', params: { steps }, maxRetries: 0 },
    space: { learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' } },
    sampler,
    scheduler,
    parallelism: 64,
    seed: 7,
  };
  const first = history === 0 ? trials : 1;
  const { id } = await service.call<View>('POST', '/v1/searches', { ...spec, stop: { maxTrials: first } });
  let [from, before] = [performance.now(), cpuTimes(service)];
  if (history > 0) {
    await ended(service, id);
    await fillTrials(service, { searchId: id, from: 1, count: history - 1, params: LEARNING_RATE });
    await service.call('PATCH', `/v1/searches/${id}`, { stop: { maxTrials: history + trials } });
    [from, before] = [performance.now(), cpuTimes(service)];
    await service.call('POST', `/v1/searches/${id}/resume`);
  }
  const { status, reason, progress } = await ended(service, id);
  const seconds = (performance.now() - from) / 1000;
  if (status !== 'completed' || progress.total !== history + trials)
    throw new Error(`the search is ${status}: ${reason}`);
  return { perSecond: trials / seconds, cpu: cpuEach(before, cpuTimes(service), trials) };
}

async function ended(service: Service, id: string): Promise<View> {
  for (;;) {
    const search = await service.call<View>('GET', `/v1/searches/${id}`);
    if (search.status !== 'running') return search;
    await sleep(50);
  }
}
