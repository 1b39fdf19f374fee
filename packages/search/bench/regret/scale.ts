import { median } from '@caviar/numerics';
import { randomDraw } from '../../samplers/random.js';
import { compileSpace } from '../../space/compile-space.js';
import type { Problem } from '../problems/problem.js';

const DRAWS = 10_001;

/** Regret of a value on the scale of a problem: 0 at its optimum, 1 at the median of random draws. */
export function regretScale({ space, evaluate, optimum }: Problem): (value: number) => number {
  const draw = randomDraw(compileSpace(space), 20_261_101);
  const typical = median(Array.from({ length: DRAWS }, (_, number) => evaluate(draw(number))));
  return (value) => (value - optimum) / (typical - optimum);
}
