import { normalCdf, normalQuantile } from './normal.js';

/** A normal distribution cut off outside [low, high]. */
export interface TruncatedNormal {
  /** Of the normal distribution, before it is cut. */
  readonly mean: number;
  /** Of the normal distribution, before it is cut; above 0. */
  readonly sd: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The value below which a share p of a truncated normal distribution lies, by inversion: with uniform p it is a draw.
 * Never outside [low, high]; where no probability is left in it in double precision, the end next to the mean.
 */
export function truncatedNormalQuantile({ mean, sd, low, high }: TruncatedNormal, p: number): number {
  const a = (low - mean) / sd;
  const b = (high - mean) / sd;
  // Above the mean the other tail is taken, where differences of probabilities keep their digits.
  const flip = a > 0;
  const start = normalCdf(flip ? -b : a);
  const mass = normalCdf(flip ? -a : b) - start;
  if (!(mass > 0)) return mean > high ? high : low;
  const z = normalQuantile(start + (flip ? 1 - p : p) * mass);
  return Math.min(high, Math.max(low, mean + sd * (flip ? -z : z)));
}
