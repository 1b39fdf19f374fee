import { ackley5, branin, hartmann6, rosenbrockLog4, sparse20 } from './continuous.js';
import { categorical3, conditional3 } from './mixed.js';
import type { Problem } from './problem.js';

/** Functions that samplers are compared on. None has been chosen, and no sampler may be tuned, to suit the other. */
export const PROBLEMS: readonly Problem[] = [
  branin,
  hartmann6,
  ackley5,
  rosenbrockLog4,
  categorical3,
  conditional3,
  sparse20,
];
