import { normalCdf, normalQuantile } from '@caviar/numerics';
import type { Coordinates } from './cma-es-coordinates.js';
import { type CmaState, spreadOf } from './cma-es-state.js';

/**
 * Keeps the other values of ints and stepped ranges in reach: the probability of leaving the mean's cell does not fall
 * below a margin of 1 / (n lambda), however small the step size has become.
 *
 * Source: Hamano, Saito, Nomura, Shirakawa, "CMA-ES with margin", arXiv:2205.13482, section 4.
 */
export function withMargin({ ranges }: Coordinates, state: CmaState): CmaState {
  if (!ranges.some(({ discrete }) => discrete)) return state;
  const mean = Float64Array.from(state.mean);
  const stretch = Float64Array.from(state.stretch);
  const margin = 1 / (ranges.length * state.lambda);
  ranges.forEach(({ unit, discrete }, j) => {
    if (!discrete) return;
    const spread = spreadOf(state, j);
    const [low, high] = unit.cell(unit.fromUnit(mean[j]!));
    const corrected = keepInReach({ mean: mean[j]!, spread, low, high }, margin);
    mean[j] = corrected.mean;
    stretch[j]! *= corrected.spread / spread;
  });
  return { ...state, mean, stretch };
}

interface Marginal {
  readonly mean: number;
  readonly spread: number;
  /** The cell of the mean; at an end of [0, 1] there is nothing beyond. */
  readonly low: number;
  readonly high: number;
}

/** @internal The marginal normal distribution, moved and widened as little as the margin asks for. */
export function keepInReach({ mean, spread, low, high }: Marginal, margin: number): Pick<Marginal, 'mean' | 'spread'> {
  const below = low <= 0 ? 0 : normalCdf((low - mean) / spread);
  const above = high >= 1 ? 0 : normalCdf((mean - high) / spread);
  if (low <= 0 || high >= 1) {
    // Only one way out: the mean comes as near to it as needed.
    if (Math.max(below, above) >= margin) return { mean, spread };
    const distance = spread * -normalQuantile(margin);
    return { mean: low <= 0 ? high - distance : low + distance, spread };
  }
  if (Math.min(below, above) >= margin / 2) return { mean, spread };
  const [raisedBelow, raisedAbove] = [Math.max(below, margin / 2), Math.max(above, margin / 2)];
  const inside = 1 - below - above;
  const excess = 1 - raisedBelow - raisedAbove - inside;
  const share = excess / (raisedBelow + raisedAbove + inside - (3 * margin) / 2);
  const down = -normalQuantile(raisedBelow + share * (raisedBelow - margin / 2));
  const up = -normalQuantile(raisedAbove + share * (raisedAbove - margin / 2));
  return { mean: (low * up + high * down) / (down + up), spread: (high - low) / (down + up) };
}
