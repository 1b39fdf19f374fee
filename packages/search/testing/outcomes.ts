import { stream } from '@caviar/numerics';
import type { Outcome } from './run-search.js';

/** Outcomes as a real search has them, from the trial's number alone: values, failures, divergence, a non-finite value. */
export function mixedOutcome(number: number): Outcome {
  const random = stream(7, 'outcome', number);
  const chance = random.uniform();
  if (chance < 0.1) return 'failed';
  if (chance < 0.2) return 'infeasible';
  if (chance < 0.25) return 'pruned';
  return chance < 0.3 ? Number.NaN : random.normal();
}
