import { exp, log, normalCdf } from '@caviar/numerics';
import { TAIL, tailFraction } from './mills-ratio.js';

/** log EI and its slopes. */
export interface LogImprovement {
  readonly value: number;
  /** d value / d mean */
  readonly dMean: number;
  /** d value / d deviation */
  readonly dDeviation: number;
}

const LOG_ROOT_2_PI = 0.918_938_533_204_672_8;
const INVERSE_ROOT_2_PI = 0.398_942_280_401_432_7;

/**
 * Logarithm of the expected improvement on `best` (lower is better) of a normal prediction.
 *
 * EI = s h(z) with z = (best - mean) / s and h(z) = phi(z) + z Phi(z). Far down in the tail h underflows, and before
 * that its two terms cancel. With x = -z and Mills' ratio Phi(-x) / phi(x) = 1 / (x + t) (`tailFraction`),
 * h(-x) = phi(x) t / (x + t): nothing is subtracted.
 *
 * Source: Ament et al., "Unexpected improvements to expected improvement", NeurIPS 2023, section 4.1.
 *
 * @param prediction mean and standard deviation > 0
 */
export function logExpectedImprovement(
  best: number,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
): LogImprovement {
  const z = (best - mean) / deviation;
  // EI = s h(z); dEI/dmean = -Phi(z); dEI/ds = phi(z)
  if (z > TAIL) {
    const density = exp((-z * z) / 2) * INVERSE_ROOT_2_PI;
    const below = normalCdf(z);
    const improvement = deviation * (density + z * below);
    return { value: log(improvement), dMean: -below / improvement, dDeviation: density / improvement };
  }
  const x = -z;
  const t = tailFraction(x);
  return {
    value: log(deviation) - (x * x) / 2 - LOG_ROOT_2_PI + log(t / (x + t)),
    dMean: -1 / (t * deviation),
    dDeviation: (x + t) / (t * deviation),
  };
}
