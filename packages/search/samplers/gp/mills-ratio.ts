import { exp, log, normalCdf } from '@caviar/numerics';

const LOG_ROOT_2_PI = 0.918_938_533_204_672_8;
const INVERSE_ROOT_2_PI = 0.398_942_280_401_432_7;

/** Below this z, differences with the distribution function have lost too many digits. */
export const TAIL = -2;
/** Terms of the continued fraction; at z = -2 the slowest to settle, to 1e-14. */
const TERMS = 120;

/**
 * What is missing to x in the inverse of Mills' ratio: Phi(-x) / phi(x) = 1 / (x + t) with Laplace's continued fraction
 * t = 1 / (x + 2 / (x + 3 / (x + ...))). Nothing is subtracted, so it is exact however far out x lies.
 *
 * Source: Abramowitz and Stegun 26.2.14.
 *
 * @param x at least -TAIL
 */
export function tailFraction(x: number): number {
  let rest = x;
  for (let k = x > 12 ? 20 : TERMS; k >= 2; k--) rest = x + k / rest;
  return 1 / rest;
}

/** Logarithm of the normal distribution function, and its slope phi / Phi. */
export function logNormalCdf(z: number): { readonly value: number; readonly slope: number } {
  if (z > TAIL) {
    const below = normalCdf(z);
    return { value: log(below), slope: (exp((-z * z) / 2) * INVERSE_ROOT_2_PI) / below };
  }
  const slope = tailFraction(-z) - z;
  return { value: -(z * z) / 2 - LOG_ROOT_2_PI - log(slope), slope };
}
