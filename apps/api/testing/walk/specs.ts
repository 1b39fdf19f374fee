import type { Metrics, Params, SearchSpecInput } from '@caviar/spec';
import type { Random } from './random.js';

/** Steps of a whole trial. */
export const STEPS = 9;
export const MAX_RETRIES = 1;

const SPACE = {
  x: { kind: 'float', min: -2, max: 2, scale: 'linear' },
  units: { kind: 'int', min: 1, max: 6, scale: 'linear' },
  optimizer: { kind: 'categorical', choices: ['gd', 'adam'] },
} satisfies SearchSpecInput['space'];

/** Another space of the same parameters. */
export const OTHER_SPACE = {
  ...SPACE,
  x: { kind: 'float', min: -1, max: 1, scale: 'linear' },
} satisfies SearchSpecInput['space'];

/** A search of code outside, of any kind. */
export function anySpec(random: Random) {
  const scheduler = random.weighted({ fifo: 5, median: 2, asha: 3, hyperband: 2, 'successive-halving': 1 });
  const isFifo = scheduler === 'fifo';
  const parallelism = random.int(1, 6);
  const maxTrials = random.int(3, 24);
  const sampler = random.pick([
    { kind: 'random' },
    { kind: 'sobol' },
    { kind: 'tpe', startup: 3 },
    { kind: 'grid', levels: 3 },
    { kind: 'coarse-to-fine', rounds: 2, top: 0.5 },
  ] as const);
  const hasSeveral = random.chance(0.25);
  const target = !hasSeveral && random.chance(0.2) ? { targetValue: 0.3 } : {};
  const noEnd = isFifo && sampler.kind !== 'coarse-to-fine' && random.chance(0.15);
  return {
    trainer: { kind: 'external', params: { steps: STEPS }, maxRetries: MAX_RETRIES },
    space: SPACE,
    ...(hasSeveral
      ? {
          objective: [
            { metric: 'cost', direction: 'minimize' },
            { metric: 'speed', direction: 'maximize' },
          ],
        }
      : {
          objective: random.pick([
            { metric: 'cost', direction: 'minimize' },
            { metric: 'speed', direction: 'maximize' },
          ] as const),
        }),
    ...(random.chance(0.25) && { constraints: [{ metric: 'size', max: 4 }] }),
    sampler,
    scheduler: isFifo
      ? { kind: 'fifo' }
      : scheduler === 'median'
        ? { kind: 'median', startup: 2, interval: 2, maxResource: STEPS }
        : { kind: scheduler, minResource: 1, maxResource: STEPS, eta: 3 },
    stop: noEnd ? { maxDurationMs: 3_600_000 } : { maxTrials, ...target },
    parallelism,
    seed: random.int(0, 1_000_000),
    reproducibility: random.chance(0.3) ? 'throughput' : 'strict',
  };
}

/** What there is to train; many trials come to the same numbers, and some to none. */
export function metricsAt({ x, units, optimizer }: Params, step: number): Metrics {
  const far = Math.abs(Number(x) - 0.5) + (optimizer === 'gd' ? 0.2 : 0) + 1 / step;
  const cost = Number(x) < -1.7 ? null : Math.round(far * 5) / 5;
  return { cost, speed: 7 - Number(units), size: Number(units), step };
}
