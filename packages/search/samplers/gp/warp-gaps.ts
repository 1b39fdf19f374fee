import { log1p, median } from '@caviar/numerics';
import type { LearntTrial } from '../../history.js';

/**
 * Gaps to the constraints as a process sees them, [n]: 0 stays 0, the typical gap becomes about log 2, and what is far
 * beyond or far within counts by its logarithm. A trial without a value is taken for the worst there is.
 */
export function warpGaps(trials: readonly Pick<LearntTrial, 'gap'>[]): Float64Array {
  const known = trials.flatMap(({ gap }) => (gap === null || gap === 0 ? [] : [Math.abs(gap)]));
  const typical = known.length === 0 ? 1 : median(known);
  const warped = trials.map(({ gap }) => (gap === null ? null : Math.sign(gap) * log1p(Math.abs(gap) / typical)));
  const worst = warped.reduce<number>((most, z) => Math.max(most, z ?? 0), 1);
  return Float64Array.from(warped, (z) => z ?? worst);
}
