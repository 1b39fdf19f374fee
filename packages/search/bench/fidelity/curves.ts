import { median, stream } from '@caviar/numerics';
import { spaceSchema } from '@caviar/spec';
import { prepareSearch, suggest } from '../../suggest.js';
import type { Problem } from '../problems/problem.js';
import { specOf } from './run.js';
import type { CurveTask } from './task.js';

const STEPS = 81;
const POOL = 1000;

/**
 * Learning curves to a function's values at a pool of random params, of which a trial draws one by lot: they fall from
 * one height, each trial's at a pace of its own, so that many cross, and with noise.
 */
export function syntheticTask(problem: Problem): CurveTask {
  const context = prepareSearch(specOf(problem, { kind: 'fifo' }, { seed: 12345, trials: POOL, steps: STEPS }));
  const finals = suggest(context, 0, POOL).map(({ params }) => problem.evaluate(params));
  const best = Math.min(...finals);
  const middle = median(finals);
  const range = middle - best;
  return {
    name: problem.name,
    problem: { space: spaceSchema.parse({ row: { kind: 'int', min: 0, max: POOL - 1 } }) },
    steps: STEPS,
    best,
    middle,
    value: ({ number, params }, step) => {
      const pace = 2 + 6 * stream(1, 'pace', number).uniform();
      const noise = 0.02 * range * (1 - step / STEPS) * stream(1, 'noise', number, step).normal();
      return finals[Number(params['row'])]! + 2 * range * (Math.exp((-pace * step) / STEPS) - Math.exp(-pace)) + noise;
    },
  };
}
