import { streamKey, uniformAt } from '@caviar/numerics';
import { MAX_IMPORTANCE_TRIALS } from './importance.js';

/** Numbers that a store looks up one by one at most; beyond that it had better read all trials once. */
const MAX_LOOKED_UP = 20_000;

/**
 * Trial numbers among which about `MAX_IMPORTANCE_TRIALS` completed ones are expected, one drawn from each of as many equal
 * stretches of the search. Null where that would be most of the search, or too many to look up: then all have to be read.
 *
 * @param made trials of the search
 * @param completed those of them that are completed
 */
export function sampleNumbers(made: number, completed: number, seed: number): readonly number[] | null {
  if (completed <= MAX_IMPORTANCE_TRIALS) return null;
  const wanted = Math.ceil((MAX_IMPORTANCE_TRIALS * made) / completed);
  if (2 * wanted >= made || wanted > MAX_LOOKED_UP) return null;
  const key = streamKey(seed, 'importance', 'sample');
  const numbers = Array.from({ length: wanted }, (_, i) => Math.floor(((i + uniformAt(key, i)) * made) / wanted));
  return [...new Set(numbers)];
}
