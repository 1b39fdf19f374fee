import { stream } from '@caviar/numerics';
import { type SamplerSpec, type SchedulerSpec, type SearchSpec, samplerSpecSchema, spaceSchema } from '@caviar/spec';
import type { SimulatedWorld } from '../flow/simulate.js';
import { SAMPLERS } from '../samplers/registry.js';
import { mixedCurve, severalCurve } from './curves.js';
import { SCHEDULER_SETTINGS } from './scheduler-settings.js';
import { searchSpec } from './search-spec.js';

const space = spaceSchema.parse({
  learningRate: { kind: 'float', min: 1e-3, max: 1, scale: 'log' },
  batchSize: { kind: 'int', min: 4, max: 64 },
  optimizer: { kind: 'categorical', choices: ['gd', 'adam'] },
});

/** Every sampler with every scheduler, in strict mode. */
export function allSearches(trials: number): (readonly [string, SearchSpec])[] {
  const samplers = (Object.keys(SAMPLERS) as SamplerSpec['kind'][]).map((kind) => samplerSpecSchema.parse({ kind }));
  const schedulers = Object.values(SCHEDULER_SETTINGS).map(([first]) => first as SchedulerSpec);
  return samplers.flatMap((sampler) =>
    schedulers.map((scheduler) => {
      const spec = searchSpec(space, { sampler, scheduler, stop: { maxTrials: trials }, parallelism: 4 });
      return [`${sampler.kind} with ${scheduler.kind}`, spec] as const;
    }),
  );
}

/** Some samplers with every scheduler, with two objectives and a constraint, in strict mode. */
export function severalSearches(trials: number): (readonly [string, SearchSpec])[] {
  const objectives = [
    { metric: 'loss', direction: 'minimize' },
    { metric: 'speed', direction: 'maximize' },
  ] as const;
  const more = { objective: objectives[0], objectives, constraints: [{ metric: 'size', max: 1 }] };
  const isShown = ({ sampler }: SearchSpec) => ['random', 'tpe', 'nsga2', 'gp'].includes(sampler.kind);
  return allSearches(trials)
    .filter(([, spec]) => isShown(spec))
    .map(([name, spec]) => [name, { ...spec, ...more }] as const);
}

/** A cluster by its seed: speeds with a heavy tail, workers that die, processes that are replaced. */
export function roughWorld(seed: number, workers: number, isSeveral = false): SimulatedWorld {
  return {
    workers,
    train: ({ number, params }, toStep) => {
      const result = (isSeveral ? severalCurve : mixedCurve)(number, toStep);
      const shift = Math.abs(Math.log10(Number(params['learningRate'])) + 2);
      return { ...result, value: result.value === null ? null : result.value + shift };
    },
    stepTime: (number) => Math.exp(stream(seed, 'speed', number).normal()),
    lifeTime: (lives) => -200 * Math.log(1 - stream(seed, 'life', lives).uniform()) + 1,
    restartsBefore: (result) => stream(seed, 'restart', result).uniform() < 0.05,
  };
}
