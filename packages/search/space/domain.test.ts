import { kolmogorovSmirnov, stream } from '@caviar/numerics';
import { type Domain, domainSchema } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { unitDomain } from './domain.js';

const domain = (input: object): Domain => domainSchema.parse(input);
const draws = (input: object, n = 20_000): number[] => {
  const { fromUnit } = unitDomain(domain(input));
  const random = stream(1, JSON.stringify(input));
  return Array.from({ length: n }, () => Number(fromUnit(random.uniform())));
};
/** Share of the draws that each value has, by value. */
const shares = (input: object): Map<number, number> => {
  const values = draws(input, 100_000);
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1 / values.length);
  return new Map([...counts].sort(([a], [b]) => a - b));
};

describe('a float range', () => {
  it('is uniform on the linear scale', () => {
    const { pValue } = kolmogorovSmirnov(draws({ kind: 'float', min: -2, max: 6 }), (x) => (x + 2) / 8);
    expect(pValue).toBeGreaterThan(0.01);
  });

  it('is uniform in log x on the log scale: each decade of 1e-4 to 1 has a quarter', () => {
    const values = draws({ kind: 'float', min: 1e-4, max: 1, scale: 'log' });
    expect(kolmogorovSmirnov(values, (x) => Math.log(x / 1e-4) / Math.log(1e4)).pValue).toBeGreaterThan(0.01);
    expect(values.filter((x) => x < 1e-3).length / values.length).toBeCloseTo(0.25, 1);
  });

  it('is uniform in log(1 - x) on the scale oneMinusLog: half of the draws from 0.9 to 0.999 lie above 0.99', () => {
    const values = draws({ kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog' });
    const cdf = (x: number) => (Math.log(0.1) - Math.log(1 - x)) / Math.log(100);
    expect(kolmogorovSmirnov(values, cdf).pValue).toBeGreaterThan(0.01);
    const above = values.filter((x) => x > 0.99).length / values.length;
    expect(Math.abs(above - 0.5)).toBeLessThan(0.015);
    const { fromUnit, toUnit } = unitDomain(domain({ kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog' }));
    expect([fromUnit(0), fromUnit(1)]).toEqual([0.9, 0.999]);
    expect(fromUnit(0.5)).toBeCloseTo(0.99, 14);
    expect(toUnit(0.99)).toBeCloseTo(0.5, 12);
  });

  it('takes what lies outside for the nearer end', () => {
    const { fromUnit, toUnit } = unitDomain(domain({ kind: 'float', min: 1, max: 100, scale: 'log' }));
    expect([fromUnit(-1), fromUnit(2), toUnit(0.5), toUnit(1000)]).toEqual([1, 100, 0, 1]);
    expect(fromUnit(0.5)).toBeCloseTo(10, 12);
  });

  it('spreads levels over the scale, ends included, without float noise', () => {
    const spread = (input: object, levels: number) => unitDomain(domain(input)).spread(levels);
    expect(spread({ kind: 'float', min: 1e-4, max: 1, scale: 'log' }, 5)).toEqual([1e-4, 1e-3, 1e-2, 1e-1, 1]);
    expect(spread({ kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog' }, 3)).toEqual([0.9, 0.99, 0.999]);
    expect(spread({ kind: 'float', min: 0, max: 0.3 }, 4)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(spread({ kind: 'float', min: 1, max: 100, scale: 'log' }, 1)).toEqual([10]);
    expect(spread({ kind: 'float', min: 2, max: 2 }, 5)).toEqual([2]);
  });
});

describe('a float range with step', () => {
  it('gives every value equally often on the linear scale, and clean decimals', () => {
    const found = shares({ kind: 'float', min: 0.5, max: 1, step: 0.05 });
    expect([...found.keys()]).toEqual([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1]);
    for (const share of found.values()) expect(Math.abs(share - 1 / 11)).toBeLessThan(0.005);
  });

  it('never reaches max when no step leads there', () => {
    expect([...shares({ kind: 'float', min: 0, max: 1, step: 0.4 }).keys()]).toEqual([0, 0.4, 0.8]);
  });

  it('gives the values near 1 more on the scale oneMinusLog: by the width of their cells', () => {
    // cells end half a step from the values, and half of the way to 1 at most: 1 - x from 0.35 to 0.25, 0.15, 0.05
    const found = shares({ kind: 'float', min: 0.7, max: 0.9, step: 0.1, scale: 'oneMinusLog' });
    const whole = Math.log(0.35 / 0.05);
    const expected = [Math.log(0.35 / 0.25), Math.log(0.25 / 0.15), Math.log(0.15 / 0.05)].map((x) => x / whole);
    expect([...found.keys()]).toEqual([0.7, 0.8, 0.9]);
    for (const [i, share] of [...found.values()].entries()) {
      expect(Math.abs(share - expected[i]!)).toBeLessThan(0.006);
    }
  });
});

describe('an int range', () => {
  it('gives every number equally often on the linear scale', () => {
    const found = shares({ kind: 'int', min: -2, max: 4 });
    expect([...found.keys()]).toEqual([-2, -1, 0, 1, 2, 3, 4]);
    for (const share of found.values()) expect(Math.abs(share - 1 / 7)).toBeLessThan(0.006);
  });

  it('is a rounded continuous draw from min - 1/2 to max + 1/2 on the log scale', () => {
    const found = shares({ kind: 'int', min: 1, max: 8, scale: 'log' });
    const whole = Math.log(8.5 / 0.5);
    for (let n = 1; n <= 8; n++) {
      expect(Math.abs(found.get(n)! - Math.log((n + 0.5) / (n - 0.5)) / whole)).toBeLessThan(0.006);
    }
  });

  it('keeps to its step', () => {
    expect([...shares({ kind: 'int', min: 16, max: 100, step: 28 }).keys()]).toEqual([16, 44, 72, 100]);
    expect([...shares({ kind: 'int', min: 1, max: 10, step: 4, scale: 'log' }).keys()]).toEqual([1, 5, 9]);
  });

  it('spreads levels: all values where there are few, distinct ones otherwise', () => {
    const spread = (input: object, levels: number) => unitDomain(domain(input)).spread(levels);
    expect(spread({ kind: 'int', min: 1, max: 3 }, 5)).toEqual([1, 2, 3]);
    expect(spread({ kind: 'int', min: 0, max: 100 }, 5)).toEqual([0, 25, 50, 75, 100]);
    expect(spread({ kind: 'int', min: 1, max: 256, scale: 'log' }, 5)).toEqual([1, 4, 16, 64, 256]);
    expect(spread({ kind: 'int', min: 1, max: 9, scale: 'log' }, 7)).toEqual([1, 2, 3, 4, 6, 9]);
  });
});

describe('a categorical domain', () => {
  it('gives every choice equally often, as it was given', () => {
    const choices = ['a', 7, true, null, [1, 2]];
    const { fromUnit, toUnit, count, contains, spread } = unitDomain(domain({ kind: 'categorical', choices }));
    expect(count).toBe(5);
    expect([0, 0.2, 0.4, 0.6, 0.8, 1].map(fromUnit)).toEqual(['a', 7, true, null, [1, 2], [1, 2]]);
    expect([toUnit('a'), toUnit([1, 2])]).toEqual([0.1, 0.9]);
    expect([contains(null), contains([1, 2]), contains([2, 1]), contains('7')]).toEqual([true, true, false, false]);
    expect(spread(2)).toEqual(choices);
  });
});
