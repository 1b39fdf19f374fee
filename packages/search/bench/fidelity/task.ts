import type { Params } from '@caviar/spec';
import type { Problem } from '../problems/problem.js';

/** A task whose trials report a value after every step. */
export interface CurveTask {
  readonly name: string;
  readonly problem: Pick<Problem, 'space'>;
  /** Steps of a whole trial. */
  readonly steps: number;
  readonly value: (trial: { readonly number: number; readonly params: Params }, step: number) => number;
  /** Best final value, and the median one of random params. */
  readonly best: number;
  readonly middle: number;
}
