import { median, stream } from '@caviar/numerics';
import { type SchedulerSpec, type SearchSpec, spaceSchema } from '@caviar/spec';
import { simulate } from '../flow/simulate.js';

// What strict costs in wall time: time of a whole search in strict mode over the time in throughput mode, on simulated
// workers; the median over the seeds, as a Markdown table on stdout. Usage: node schedules.js [seeds] [trials] [workers]

const [seeds = 20, trials = 400, workers = 16] = process.argv.slice(2).map(Number);
const FULL = 27;
const SCHEDULERS: readonly SchedulerSpec[] = [
  { kind: 'fifo' },
  { kind: 'median', startup: 5, warmup: 3, interval: 3, maxResource: FULL },
  { kind: 'successive-halving', minResource: 1, maxResource: FULL, eta: 3 },
  { kind: 'hyperband', minResource: 1, maxResource: FULL, eta: 3 },
  { kind: 'asha', minResource: 1, maxResource: FULL, eta: 3 },
  { kind: 'pbt', population: 32, interval: 3, quantile: 0.25, factors: [0.8, 1.2], resample: 0.25, maxResource: FULL },
];
/** Time of one step of a trial: all alike, by chance a little, or with a heavy tail (log-normal). */
const SPREADS = [
  { name: 'equal', sigma: 0 },
  { name: 'spread (sigma 0.5)', sigma: 0.5 },
  { name: 'heavy tail (sigma 1.5)', sigma: 1.5 },
];
const FACTORS = [1, 2, 4];

console.log(`| scheduler | durations | ${FACTORS.map((factor) => `L = ${factor} x workers`).join(' | ')} |`);
console.log(`| --- | --- |${' --- |'.repeat(FACTORS.length)}`);
for (const scheduler of SCHEDULERS) {
  for (const { name, sigma } of SPREADS) {
    const cells = FACTORS.map((factor) => costOfStrict(scheduler, sigma, factor * workers).toFixed(2));
    console.log(`| ${scheduler.kind} | ${name} | ${cells.join(' | ')} |`);
  }
}

function costOfStrict(scheduler: SchedulerSpec, sigma: number, parallelism: number): number {
  const ratios = Array.from({ length: seeds }, (_, seed) => {
    const [strict, throughput] = (['strict', 'throughput'] as const).map((reproducibility) =>
      timeOf({ scheduler, parallelism, reproducibility }, seed, sigma),
    );
    return strict! / throughput!;
  });
  return median(ratios);
}

type Changes = Pick<SearchSpec, 'scheduler' | 'parallelism' | 'reproducibility'>;

function timeOf(changes: Changes, seed: number, sigma: number): number {
  const spec: SearchSpec = {
    name: 'schedules',
    trainer: { kind: 'mlp', dataset: 'digits', params: {}, maxRetries: 2 },
    space: spaceSchema.parse({ learningRate: { kind: 'float', min: 0, max: 1 } }),
    objective: { metric: 'dev.error', direction: 'minimize' },
    sampler: { kind: 'random' },
    stop: { maxTrials: trials },
    seed,
    ...changes,
  };
  return simulate(spec, {
    workers,
    train: ({ params }, toStep) => {
      const step = toStep ?? FULL;
      const value = Number(params['learningRate']) + 1 / step;
      return { step, value, status: toStep === null ? 'completed' : 'reached' };
    },
    stepTime: (number) => Math.exp(sigma * stream(seed, 'speed', number).normal() - sigma ** 2 / 2),
  }).duration;
}
