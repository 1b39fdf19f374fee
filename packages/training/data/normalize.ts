import type { Dataset } from '@caviar/spec';

/** Mean and standard deviation of every feature, shape [features]. */
export interface Normalization {
  readonly mean: Float64Array;
  readonly sigma: Float64Array;
}

/**
 * Statistics of the training rows, to be used on every part (seed 1.7). The divisor is sigma, the root of the mean squared
 * deviation: dividing by sigma squared, as the notes have it with three question marks, would not give variance 1.
 * Constant features get sigma 1.
 */
export function measureFeatures({ info, features }: Dataset, rows: Int32Array): Normalization {
  const columns = info.features;
  const mean = new Float64Array(columns);
  const sigma = new Float64Array(columns);
  const constant = new Uint8Array(columns).fill(1);
  const first = rows[0]! * columns;
  for (const row of rows) {
    for (let c = 0; c < columns; c++) {
      const x = features[row * columns + c]!;
      mean[c] = mean[c]! + x;
      if (x !== features[first + c]) constant[c] = 0;
    }
  }
  for (let c = 0; c < columns; c++) mean[c] = mean[c]! / rows.length;
  for (const row of rows) {
    for (let c = 0; c < columns; c++) {
      const deviation = features[row * columns + c]! - mean[c]!;
      sigma[c] = sigma[c]! + deviation * deviation;
    }
  }
  for (let c = 0; c < columns; c++) {
    // Compared exactly: rounding of the mean would give a constant feature a tiny sigma, and noise for values.
    sigma[c] = constant[c] === 1 ? 1 : Math.sqrt(sigma[c]! / rows.length);
    if (constant[c] === 1) mean[c] = features[first + c]!;
  }
  return { mean, sigma };
}

/** Leaves every feature as it is. */
export function identityNormalization(columns: number): Normalization {
  return { mean: new Float64Array(columns), sigma: new Float64Array(columns).fill(1) };
}

/** Mean and standard deviation of a regression's targets. */
export interface TargetNormalization {
  readonly mean: number;
  readonly sigma: number;
}

/** Leaves targets as they are. */
export const TARGETS_AS_THEY_ARE: TargetNormalization = { mean: 0, sigma: 1 };

/**
 * Of the training rows' targets, as of their features: a network starts out with outputs of about 1, and would have to walk all the
 * way to prices of 300,000. Targets that are all the same get sigma 1.
 */
export function measureTargets({ targets }: Dataset, rows: Int32Array): TargetNormalization {
  const first = targets[rows[0]!]!;
  if (rows.every((row) => targets[row] === first)) return { mean: first, sigma: 1 };
  let [sum, squares] = [0, 0];
  for (const row of rows) sum += targets[row]!;
  const mean = sum / rows.length;
  for (const row of rows) squares += (targets[row]! - mean) * (targets[row]! - mean);
  return { mean, sigma: Math.sqrt(squares / rows.length) };
}
