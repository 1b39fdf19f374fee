import { exp, log, normalCdf } from '@caviar/numerics';

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

/** Below this z, the difference phi(z) + z Phi(z) has lost too many digits. */
const TAIL = -2;
/** Terms of the continued fraction; at z = -2 the slowest to settle, to 1e-14. */
const TERMS = 120;

/**
 * Logarithm of the expected improvement on `best` (lower is better) of a normal prediction.
 *
 * EI = s h(z) with z = (best - mean) / s and h(z) = phi(z) + z Phi(z). Far down in the tail h underflows, and before
 * that its two terms cancel. With x = -z and Mills' ratio in Laplace's continued fraction,
 * Phi(-x) / phi(x) = 1 / (x + t), t = 1 / (x + 2 / (x + 3 / (x + ...))), and so h(-x) = phi(x) t / (x + t): nothing is
 * subtracted.
 *
 * Source: Ament et al., "Unexpected improvements to expected improvement", NeurIPS 2023, section 4.1; Abramowitz and
 * Stegun 26.2.14.
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
  let rest = x;
  for (let k = z < -12 ? 20 : TERMS; k >= 2; k--) rest = x + k / rest;
  const t = 1 / rest;
  return {
    value: log(deviation) - (x * x) / 2 - LOG_ROOT_2_PI + log(t / (x + t)),
    dMean: -1 / (t * deviation),
    dDeviation: (x + t) / (t * deviation),
  };
}
