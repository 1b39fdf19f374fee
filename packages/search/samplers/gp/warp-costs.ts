import { normalQuantile } from '@caviar/numerics';
import { compareLearnt, type LearntTrial } from '../../history.js';

/**
 * Costs as the process sees them, about standard normal: the better half of the trials keep their distances, so that the
 * process knows how deep a valley is; all others are known by their rank alone, so that no outlier, no trial that was
 * stopped early and none that failed can bend it. Where fewer than half of the trials went all the way, those are the
 * ones that keep their distances.
 *
 * With q_i the normal score of rank i of n, and g the last rank that keeps its distance: z_i = q_g + (y_i - y_g) / s for
 * i <= g, with s such that the spread about rank g is that of the scores; z_i = q_i beyond, the mean over trials that tie.
 *
 * Source: Song et al., "The Vizier Gaussian process bandit algorithm", 2024, section 3.3 (half-rank warping), with its
 * spread from normal scores.
 *
 * @returns z, [n], in the order of `trials`; lower is better
 */
export function warpCosts(trials: readonly LearntTrial[]): Float64Array {
  const n = trials.length;
  const ranked = trials.map((trial, i) => ({ trial, i })).sort((a, b) => compareLearnt(a.trial, b.trial));
  const scores = ranked.map((_, rank) => normalQuantile((rank + 0.5) / n));
  const complete = ranked.filter(({ trial }) => trial.extent === 'complete').length;
  const last = Math.min(complete, (n + 1) >> 1) - 1;
  const z = new Float64Array(n);

  for (let first = 0; first < n; ) {
    let end = first + 1;
    while (end < n && ties(ranked[first]!.trial, ranked[end]!.trial)) end++;
    const score = scores.slice(first, end).reduce((sum, q) => sum + q, 0) / (end - first);
    for (; first < end; first++) z[ranked[first]!.i] = score;
  }
  if (last < 1) return z;

  const anchor = ranked[last]!;
  const below = ranked.slice(0, last).map(({ trial }) => gap(trial.cost, anchor.trial.cost));
  const largest = below[0]!;
  if (!(largest > 0)) return z;
  // Gaps relative to the largest, so that their squares neither overflow nor vanish.
  const relative = below.map((distance) => distance / largest);
  const anchorScore = z[anchor.i]!;
  const spread = Math.sqrt(squares(scores.slice(0, last).map((q) => anchorScore - q)) / squares(relative));
  relative.forEach((distance, rank) => {
    z[ranked[rank]!.i] = anchorScore - spread * distance;
  });
  return z;
}

/** to - from for costs of any size: half of it where it could overflow. */
function gap(from: number, to: number): number {
  return Math.abs(from) > 1e300 || Math.abs(to) > 1e300 ? to / 2 - from / 2 : to - from;
}

function ties(a: LearntTrial, b: LearntTrial): boolean {
  return a.extent === b.extent && a.cost === b.cost && (a.extent !== 'partial' || a.step === b.step);
}

function squares(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v * v, 0);
}
