import type { ParamChange, Params } from '@caviar/spec';
import { findTrainer } from '@caviar/spec/plain';
import { changedParams, changesIn, changesToMake, checkChange } from './changes.js';
import { readCheckpointArrays, readCheckpointHeader, writeCheckpoint } from './checkpoint.js';
import { TrainingInputError, type TrainingJob, type TrainingRun, type TrainingStep } from './job.js';
import { completeParams } from './params.js';

const MEASUREMENTS = 10;

/**
 * Gradient descent on c0 w^2 + c1 w + c2 (seed 3.6). With the defaults w_k = 5 - 5 * 0.98^k.
 *
 * A measurement's step is the number of gradient steps so far; ten are spread evenly, the last at `steps` (one a step
 * when there are fewer than ten steps).
 */
export function startQuadratic(job: TrainingJob, checkpoint?: Uint8Array): TrainingRun {
  const descriptor = findTrainer('quadratic')!;
  const { trialNumber } = job;
  let changes = checkpoint === undefined ? [] : changesIn(readCheckpointHeader(checkpoint), trialNumber);
  const { start, coefficients } = read(job.params, []);
  const [c0, c1, c2] = coefficients;
  let { learningRate, steps } = read(job.params, changes);

  let step = 0;
  let w = start;
  if (checkpoint !== undefined) [step, w] = restore(checkpoint);
  const planned = changesToMake(job.changes ?? [], changes, step);

  const cost = () => (c0 * w + c1) * w + c2;
  const finite = () => Number.isFinite(w) && Number.isFinite(cost());

  const change = (params: Params): void => {
    if (!finite()) throw new TrainingInputError(['params'], 'cannot be changed: the run has ended');
    checkChange(descriptor, params);
    const made = [...changes, { afterStep: step, params }];
    ({ learningRate, steps } = read(job.params, made));
    changes = made;
  };

  const next = (): TrainingStep => {
    while (planned[0]?.afterStep === step) change(planned.shift()!.params);
    if (!finite()) return { kind: 'end', status: 'infeasible', reason: `the cost is not finite at step ${step}` };
    if (step >= steps) return { kind: 'end', status: 'completed', reason: null };
    const until = nextMeasurement(step, steps);
    while (step < until && finite()) {
      w -= learningRate * (2 * c0 * w + c1);
      step++;
    }
    return { kind: 'measurement', step, metrics: { cost: finiteOrNull(cost()), w: finiteOrNull(w) }, samples: null };
  };

  return {
    next,
    change,
    changes: () => changes,
    checkpoint: () =>
      writeCheckpoint({ header: { trainer: 'quadratic', trialNumber, changes }, arrays: [Float64Array.of(step, w)] }),
    release: () => {},
  };
}

function read(given: Params, changes: readonly ParamChange[]) {
  const params = completeParams(findTrainer('quadratic')!, changedParams(given, changes));
  return {
    learningRate: params['learningRate'] as number,
    steps: params['steps'] as number,
    start: params['start'] as number,
    coefficients: params['coefficients'] as readonly [number, number, number],
  };
}

/** The first measured step above `step`. */
function nextMeasurement(step: number, steps: number): number {
  for (let i = 1; i < MEASUREMENTS; i++) {
    const at = Math.floor((i * steps) / MEASUREMENTS);
    if (at > step) return at;
  }
  return steps;
}

function restore(checkpoint: Uint8Array): [step: number, w: number] {
  if (readCheckpointHeader(checkpoint)['trainer'] !== 'quadratic') {
    throw new TrainingInputError(['checkpoint'], 'belongs to another trainer');
  }
  const state = new Float64Array(2);
  readCheckpointArrays(checkpoint, [state]);
  return [state[0]!, state[1]!];
}

function finiteOrNull(x: number): number | null {
  return Number.isFinite(x) ? x : null;
}
