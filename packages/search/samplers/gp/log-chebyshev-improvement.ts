import { exp, log } from '@caviar/numerics';
import { logNormalCdf } from './mills-ratio.js';
import type { Prediction } from './posterior.js';
import type { Score } from './score.js';

/** Several costs as one: how far along a ray from the ideal point the farthest of them lies (lower is better). */
export interface Scalar {
  /** The best of each cost, [M]. */
  readonly ideal: readonly number[];
  /** Direction of the ray, [M], each above 0. */
  readonly direction: readonly number[];
  /** What is to be improved on. */
  readonly best: number;
}

/** max_j (y_j - ideal_j) / direction_j. */
export function scalarOf({ ideal, direction }: Pick<Scalar, 'ideal' | 'direction'>, costs: ArrayLike<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < ideal.length; j++) most = Math.max(most, (costs[j]! - ideal[j]!) / direction[j]!);
  return most;
}

/** Nats below its largest value at which the integrand counts for nothing. */
const NEGLIGIBLE = 25;
/** Deviations above which a factor is taken for 1. */
const CERTAIN = 6;

/**
 * Logarithm of the expected improvement of the scalar on `best`, for independent normal predictions, with its slopes.
 *
 * P(scalar <= t) = F(t) = prod_j Phi(zeta_j(t)) with zeta_j = (ideal_j + t direction_j - mean_j) / deviation_j, and
 * EI = integral of F from -infinity to best. log F is concave and rises, so all that counts lies within NEGLIGIBLE / (log F)'
 * below `best`, and above the t at which one factor alone is negligible: Gauss-Legendre quadrature between, with
 * logarithms; where all factors are certain, F is 1. dEI/dmean_j = -integral of F phi/Phi(zeta_j) / deviation_j; by the deviation the same times zeta_j.
 *
 * Source: the scalars of Knowles, "ParEGO", IEEE TEVC 10, 2006, section III, with directions as in Zhang and Golovin, "Random
 * hypervolume scalarizations for provable multi-objective black box optimization", ICML 2020.
 */
export function logChebyshevImprovement({ ideal, direction, best }: Scalar, predictions: readonly Prediction[]): Score {
  const m = ideal.length;
  const zetaAt = (t: number, j: number) =>
    (ideal[j]! + t * direction[j]! - predictions[j]!.mean) / predictions[j]!.deviation;
  const reach = (deviations: number) => {
    let most = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < m; j++) {
      const { mean, deviation } = predictions[j]!;
      most = Math.max(most, (mean + deviations * deviation - ideal[j]!) / direction[j]!);
    }
    return most;
  };
  const high = Math.min(best, reach(CERTAIN));
  let atHigh = 0;
  let rise = 0;
  for (let j = 0; j < m; j++) {
    const { value, slope } = logNormalCdf(zetaAt(high, j));
    atHigh += value;
    rise += (slope * direction[j]!) / predictions[j]!.deviation;
  }
  // Phi(zeta) <= exp(-zeta²/2) for zeta <= 0
  const low = reach(-Math.sqrt(2 * (NEGLIGIBLE - atHigh)));
  const width = Math.min(NEGLIGIBLE / rise, high - low);

  let sum = 0;
  const slopes = predictions.map(() => ({ dMean: 0, dDeviation: 0 }));
  const hazards = new Float64Array(m);
  for (let k = 0; k < NODES.length; k++) {
    const t = high - width * NODES[k]!;
    let logF = -atHigh;
    for (let j = 0; j < m; j++) {
      const { value, slope } = logNormalCdf(zetaAt(t, j));
      logF += value;
      hazards[j] = slope;
    }
    const part = WEIGHTS[k]! * exp(logF);
    sum += part;
    for (let j = 0; j < m; j++) {
      const pull = (part * hazards[j]!) / predictions[j]!.deviation;
      slopes[j]!.dMean -= pull;
      slopes[j]!.dDeviation -= pull * zetaAt(t, j);
    }
  }
  // In units of exp(atHigh) width, which may underflow; above `high` it does not.
  if (best > high) sum += (best - high) / (width * exp(atHigh));
  for (const slope of slopes) {
    slope.dMean /= sum;
    slope.dDeviation /= sum;
  }
  return { value: atHigh + log(width) + log(sum), slopes };
}

/** Half of the nodes and weights of Gauss-Legendre quadrature of order 16 on [-1, 1] (Abramowitz and Stegun, table 25.4). */
const HALF_NODES = [
  0.095_012_509_837_637_44, 0.281_603_550_779_258_9, 0.458_016_777_657_227_37, 0.617_876_244_402_643_8,
  0.755_404_408_355_003, 0.865_631_202_387_831_8, 0.944_575_023_073_232_6, 0.989_400_934_991_649_9,
];
const HALF_WEIGHTS = [
  0.189_450_610_455_068_64, 0.182_603_415_044_923_64, 0.169_156_519_395_002_65, 0.149_595_988_816_576_7,
  0.124_628_971_255_534_07, 0.095_158_511_682_492_6, 0.062_253_523_938_647_456, 0.027_152_459_411_754_176,
];
/** On [0, 1]. */
const NODES = Float64Array.from([...HALF_NODES.map((x) => (1 - x) / 2), ...HALF_NODES.map((x) => (1 + x) / 2)]);
const WEIGHTS = Float64Array.from([...HALF_WEIGHTS, ...HALF_WEIGHTS], (w) => w / 2);
