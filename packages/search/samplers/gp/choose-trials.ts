import type { LearntTrial } from '../../history.js';

/** A trial that the process can go by. */
export interface ModelledTrial extends LearntTrial {
  /** [F] */
  readonly features: Float64Array;
}

/**
 * Which trials the process goes by where there are more than it can take: a third are the best, a third the latest, and
 * the rest fill the space between them, each the farthest from all chosen before it. Indices in ascending order; all of
 * them where there are no more than `limit`.
 *
 * @param ranked indices of all trials, the best first
 */
export function chooseTrials(trials: readonly ModelledTrial[], ranked: readonly number[], limit: number): number[] {
  const n = trials.length;
  const all = Array.from({ length: n }, (_, i) => i);
  if (n <= limit) return all;
  const third = Math.floor(limit / 3);
  const chosen = new Set([...ranked.slice(0, third), ...all.slice(n - third)]);
  const distances = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const approach = (from: number) => {
    for (let i = 0; i < n; i++) distances[i] = Math.min(distances[i]!, distance(trials[from]!, trials[i]!));
  };
  for (const i of chosen) approach(i);
  while (chosen.size < limit) {
    let farthest = -1;
    for (let i = 0; i < n; i++) {
      if (!chosen.has(i) && (farthest < 0 || distances[i]! > distances[farthest]!)) farthest = i;
    }
    chosen.add(farthest);
    approach(farthest);
  }
  return all.filter((i) => chosen.has(i));
}

/** Squared distance in features, each of them as important as the others. */
function distance({ features: a }: ModelledTrial, { features: b }: ModelledTrial): number {
  let sum = 0;
  for (let f = 0; f < a.length; f++) {
    const difference = a[f]! - b[f]!;
    sum += Math.min(1, difference * difference);
  }
  return sum;
}
