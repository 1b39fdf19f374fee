import { describe, expect, it } from 'vitest';
import { exp, expm1, log, log1p } from './elementary.js';
import { stream } from './rng.js';

/** Distance to the engine's own function, itself within 1 ulp, in units of the last place. */
function worstUlps(own: (x: number) => number, engine: (x: number) => number, xs: readonly number[]): number {
  return Math.max(...xs.map((x) => ulps(own(x), engine(x))));
}

function ulps(a: number, b: number): number {
  return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(b) * Number.EPSILON, Number.MIN_VALUE);
}

const random = stream(1, 'elementary');
const between = (low: number, high: number) =>
  Array.from({ length: 5000 }, () => low + random.uniform() * (high - low));

describe('elementary functions', () => {
  it('agree with the engine to 2 units of the last place', () => {
    const positive = between(-744, 709).map(Math.exp);
    expect(worstUlps(log, Math.log, [...positive, ...between(0.5, 2), 5e-324, 1, 2, Number.MAX_VALUE])).toBeLessThan(2);
    expect(worstUlps(exp, Math.exp, [...between(-745, 709.7), ...between(-1, 1), 0, 1e-300])).toBeLessThan(2);
    expect(worstUlps(log1p, Math.log1p, [...between(-0.999, 10), ...between(-1e-9, 1e-9)])).toBeLessThan(4);
    expect(worstUlps(expm1, Math.expm1, [...between(-40, 100), ...between(-1e-9, 1e-9)])).toBeLessThan(4);
  });

  it('give the limits', () => {
    expect([log(0), log(-1), log(Number.POSITIVE_INFINITY)]).toEqual([-Infinity, Number.NaN, Infinity]);
    expect([exp(1000), exp(-1000), exp(Number.NaN), exp(0)]).toEqual([Infinity, 0, Number.NaN, 1]);
    expect([log1p(-1), log1p(0), log1p(Infinity)]).toEqual([-Infinity, 0, Infinity]);
    expect([expm1(-1000), expm1(0), expm1(1000)]).toEqual([-1, 0, Infinity]);
  });

  it('never change in any bit', () => {
    expect([log(0.1), exp(0.1), log1p(0.1), expm1(0.1), log(1e300), exp(-700.3)]).toMatchInlineSnapshot(`
      [
        -2.3025850929940455,
        1.1051709180756477,
        0.09531017980432487,
        0.10517091807564763,
        690.7755278982137,
        7.304228033645715e-305,
      ]
    `);
  });
});
