/**
 * log, exp and friends with the same bits on every machine and JavaScript engine: only IEEE additions,
 * multiplications, divisions and square roots decide the result. (ECMAScript leaves the last bits of `Math.log`,
 * `Math.exp` and `Math.pow` to the engine.)
 *
 * `log` and `exp` follow FreeBSD's msun, which carries this notice:
 * Copyright (C) 1993, 2004 by Sun Microsystems, Inc. All rights reserved. Permission to use, copy, modify, and
 * distribute this software is freely granted, provided that this notice is preserved.
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const INVERSE_LN2 = Math.LOG2E;
const HALF_LN2 = 0.34657359027997264;

const float = new Float64Array(1);
const word = new Uint32Array(float.buffer);
/** Index of the word that holds sign and exponent. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** Natural logarithm, within 1 ulp. `log(0)` is -Infinity; NaN below 0. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let exponent = 0;
  let scaled = x;
  if (x < 2.2250738585072014e-308) {
    scaled = x * 1.8014398509481984e16; // 2^54 makes a subnormal number normal
    exponent = -54;
  }
  // x = 2^exponent * (1 + f), sqrt(1/2) < 1 + f < sqrt(2)
  float[0] = scaled;
  const shifted = word[HIGH]! + (0x3ff00000 - 0x3fe6a09e);
  exponent += (shifted >>> 20) - 0x3ff;
  word[HIGH] = (shifted & 0x000fffff) + 0x3fe6a09e;
  const f = float[0]! - 1;
  const halfSquare = 0.5 * f * f;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  return s * (halfSquare + odd + even) + exponent * LN2_LOW - halfSquare + f + exponent * LN2_HIGH;
}

/** e to the power x, within 1 ulp. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019412) return 0;
  let k = 0;
  let high = x;
  let low = 0;
  if (x > HALF_LN2 || x < -HALF_LN2) {
    // x = k ln 2 + r, |r| <= ln(2) / 2
    k = Math.trunc(INVERSE_LN2 * x + (x < 0 ? -0.5 : 0.5));
    high = x - k * LN2_HIGH;
    low = k * LN2_LOW;
  }
  const r = high - low;
  const rr = r * r;
  const c =
    r -
    rr *
      (0.16666666666666602 +
        rr *
          (-0.0027777777777015593 +
            rr * (6.613756321437934e-5 + rr * (-1.6533902205465252e-6 + rr * 4.1381367970572385e-8))));
  return timesPowerOfTwo(1 + ((r * c) / (2 - c) - low + high), k);
}

/** log(1 + x) without cancellation for small x (Kahan's correction of the rounding of 1 + x). */
export function log1p(x: number): number {
  const sum = 1 + x;
  if (sum === 1) return x;
  return sum === Number.POSITIVE_INFINITY ? sum : (log(sum) * x) / (sum - 1);
}

/** exp(x) - 1 without cancellation for small x (Kahan). */
export function expm1(x: number): number {
  const power = exp(x);
  if (power === 1) return x;
  const difference = power - 1;
  if (difference === -1 || power === Number.POSITIVE_INFINITY) return difference;
  return (difference * x) / log(power);
}

/** y * 2^k for -1100 < k < 1100, exact unless the result is subnormal or overflows. */
function timesPowerOfTwo(y: number, k: number): number {
  if (k >= -1021 && k <= 1023) return y * powerOfTwo(k);
  return k > 0 ? y * powerOfTwo(1023) * powerOfTwo(k - 1023) : y * powerOfTwo(k + 200) * powerOfTwo(-200);
}

function powerOfTwo(k: number): number {
  word[1 - HIGH] = 0;
  word[HIGH] = (k + 0x3ff) << 20;
  return float[0]!;
}
