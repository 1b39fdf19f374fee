import { setTimeout as sleep } from 'node:timers/promises';
import { cpuEach, cpuTimes } from '../support/cpu.js';
import { fillTrials, SQUARE } from '../support/fill.js';
import type { Service } from '../support/service.js';

interface Told {
  readonly trials: readonly {
    readonly id: string;
    readonly leaseToken: string;
    readonly params: { readonly x: number; readonly y: number };
  }[];
}

export interface Clients {
  readonly clients: number;
  readonly batch: number;
  /** For that many seconds, or until the promise is settled. */
  readonly until: number | Promise<unknown>;
  /** Trials a second of all clients together, at most. */
  readonly rate?: number;
}

/** A search for code outside, with trials that are there before. */
export async function externalSearch(
  service: Service,
  { parallelism, history = 0 }: { readonly parallelism: number; readonly history?: number },
): Promise<string> {
  const { id } = await service.call<{ id: string }>('POST', '/v1/searches', {
    trainer: { kind: 'external' },
    sampler: { kind: 'random' }, // what is measured is the service, not a sampler
    space: { x: { kind: 'float', min: -1, max: 1 }, y: { kind: 'float', min: -1, max: 1 } },
    objective: { metric: 'cost', direction: 'minimize' },
    stop: { maxTrials: 10_000_000 },
    parallelism,
  });
  if (history > 0) await fillTrials(service, { searchId: id, from: parallelism, count: history, params: SQUARE });
  return id;
}

/** Clients that tell the ends of a batch and ask for the next in one call; answers trials a second, and the times of calls. */
export async function askAndTell(
  service: Service,
  id: string,
  { clients, batch, until, rate = Number.POSITIVE_INFINITY }: Clients,
) {
  const [from, before] = [performance.now(), cpuTimes(service)];
  let isOver = false;
  void (typeof until === 'number' ? sleep(1000 * until) : until).then(() => (isOver = true));
  const calls: number[] = [];
  let trials = 0;
  const client = async () => {
    let finishes: unknown[] = [];
    for (let isLast = false; !isLast; ) {
      isLast = isOver;
      const calledAt = performance.now();
      const told = await service.call<Told>('POST', `/v1/searches/${id}/tell`, { finishes, ask: isLast ? 0 : batch });
      calls.push(performance.now() - calledAt);
      trials += finishes.length;
      finishes = told.trials.map(({ id: trialId, leaseToken, params: { x, y } }) => ({
        trialId,
        leaseToken,
        status: 'completed',
        metrics: { cost: x * x + y * y },
      }));
      const ahead = (1000 * trials) / rate - (performance.now() - from);
      if (ahead > 0 && !isLast) await sleep(ahead);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const perSecond = (1000 * trials) / (performance.now() - from);
  return { perSecond, cpu: cpuEach(before, cpuTimes(service), trials), calls };
}
