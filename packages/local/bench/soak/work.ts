import { setTimeout as sleep } from 'node:timers/promises';
import { askAndTell, externalSearch } from '../service/ask-tell.js';
import { send } from '../support/http.js';
import type { Service } from '../support/service.js';

const RATE = { kind: 'float', min: 1e-4, max: 1, scale: 'log' };
const UNITS = { kind: 'int', min: 8, max: 64, scale: 'log' };
const ASHA = { kind: 'asha', minResource: 111, maxResource: 1000, eta: 3 };

/** Searches that follow one another on the workers: drawing and learning samplers, rungs, networks. */
const SPECS = [
  {
    trainer: { kind: 'quadratic', params: {} },
    space: { learningRate: RATE },
    sampler: { kind: 'random' },
    stop: { maxTrials: 1000 },
  },
  {
    trainer: { kind: 'quadratic', params: {} },
    space: { learningRate: RATE },
    sampler: { kind: 'tpe' },
    stop: { maxTrials: 200 },
  },
  {
    trainer: { kind: 'quadratic', params: {} },
    space: { learningRate: RATE },
    sampler: { kind: 'random' },
    scheduler: ASHA,
    stop: { maxTrials: 300 },
  },
  {
    trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 5 } },
    space: { learningRate: RATE, hiddenUnits: UNITS },
    sampler: { kind: 'tpe' },
    stop: { maxTrials: 30 },
  },
];

/** Trials over ask and tell, a second, and how long one search of theirs lasts. */
const ASKED = { rate: 100, clients: 4, batch: 8, seconds: 20 };
const READERS = 8;
const READ_EVERY_MS = 250;

export interface Done {
  trials: number;
  searches: number;
  requests: number;
}

/** Puts the service to work until told to stop: searches on workers, code outside, and readers of all that is new. */
export async function keepBusy(service: Service, isOver: () => boolean): Promise<Done> {
  const done: Done = { trials: 0, searches: 0, requests: 0 };
  let newest: string | undefined;

  const trained = async () => {
    for (let i = 0; !isOver(); i++) {
      const spec = { ...SPECS[i % SPECS.length], parallelism: 32, seed: i };
      const { id } = await service.call<{ id: string }>('POST', '/v1/searches', spec);
      newest = id;
      for (;;) {
        const { status, progress } = await service.call<{ status: string; progress: { total: number } }>(
          'GET',
          `/v1/searches/${id}`,
        );
        if (status !== 'running') {
          done.trials += progress.total;
          done.searches++;
          break;
        }
        if (isOver()) return;
        await sleep(200);
      }
    }
  };

  const asked = async () => {
    while (!isOver()) {
      const id = await externalSearch(service, { parallelism: 64 });
      newest = id;
      const { clients, batch, rate, seconds } = ASKED;
      const { perSecond } = await askAndTell(service, id, { clients, batch, rate, until: seconds });
      await service.call('POST', `/v1/searches/${id}/cancel`);
      done.trials += Math.round(perSecond * seconds);
      done.searches++;
    }
  };

  const reader = async (paths: readonly string[]) => {
    for (let i = 0; !isOver(); i++) {
      if (newest !== undefined) await send(`${service.stack.url}/v1/searches/${newest}${paths[i % paths.length]}`);
      done.requests++;
      await sleep(READ_EVERY_MS);
    }
  };

  /** Follows the events of what is new for a while, and then of what is new by then. */
  const follower = async () => {
    while (!isOver()) {
      if (newest !== undefined) {
        const stop = AbortSignal.timeout(5_000);
        const path = `${service.stack.url}/v1/searches/${newest}/events?after=0`;
        const response = await fetch(path, { signal: stop }).catch(() => undefined);
        await response?.text().catch(() => ''); // cut off in the middle, as a tab that is closed
      } else await sleep(READ_EVERY_MS);
    }
  };

  const paths = ['', '/leaderboard?limit=50', '/trials?limit=50', '/diagnosis'];
  await Promise.all([trained(), asked(), follower(), ...Array.from({ length: READERS }, () => reader(paths))]);
  return done;
}
