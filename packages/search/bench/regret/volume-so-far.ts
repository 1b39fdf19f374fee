import type { Params, SamplerSpec, SearchSpec } from '@caviar/spec';
import { violationOf } from '../../constraints.js';
import { hypervolume } from '../../hypervolume.js';
import { runAlone } from '../../run-alone.js';
import { outcomeAmong } from '../../several-objectives.js';
import type { SeveralProblem } from '../problems/several.js';

export interface VolumeRun {
  readonly sampler: SamplerSpec;
  readonly trials: number;
  readonly seed: number;
  /** Numbers of trials after which the volume is measured. */
  readonly marks: readonly number[];
}

/** Shares of the front's volume that the trials so far miss, after each mark; trials that break a constraint do not count. */
export function volumesMissed(problem: SeveralProblem, { sampler, trials, seed, marks }: VolumeRun): number[] {
  const spec = specOf(problem, { sampler, trials, seed });
  const points: number[][] = [];
  const missed: number[] = [];
  const evaluate = (params: Params) => {
    const metrics = problem.evaluate(params);
    if (violationOf(spec, metrics).violation === 0) points.push(spec.objectives!.map(({ metric }) => metrics[metric]!));
    return { status: 'completed', ...outcomeAmong(spec, metrics), step: 1 } as const;
  };
  for (const { number } of runAlone(spec, evaluate)) {
    if (marks.includes(number + 1)) missed.push(1 - hypervolume(points, problem.reference) / problem.volume);
  }
  return missed;
}

function specOf(
  { name, space, objectives, constraints }: SeveralProblem,
  { sampler, trials, seed }: Pick<VolumeRun, 'sampler' | 'trials' | 'seed'>,
): SearchSpec {
  const all = Array.from({ length: objectives }, (_, m) => ({ metric: `f${m + 1}`, direction: 'minimize' as const }));
  return {
    name,
    trainer: { kind: 'external', params: {}, maxRetries: 0 },
    space,
    objective: all[0]!,
    objectives: all,
    ...(constraints !== undefined && { constraints }),
    sampler,
    scheduler: { kind: 'fifo' },
    stop: { maxTrials: trials },
    parallelism: 1,
    seed,
    reproducibility: 'strict',
  };
}
