import { describe, expect, it } from 'vitest';
import { normalCdf } from './normal.js';
import { stream, streamKey, uint32At, uniformAt } from './rng.js';
import { kolmogorovSmirnov, mean } from './statistics.js';

const draws = (n: number, draw: (i: number) => number) => Array.from({ length: n }, (_, i) => draw(i));
const correlation = (a: number[], b: number[]) => {
  const [ma, mb] = [mean(a), mean(b)];
  const cov = mean(a.map((x, i) => (x - ma) * (b[i]! - mb)));
  return cov / Math.sqrt(mean(a.map((x) => (x - ma) ** 2)) * mean(b.map((x) => (x - mb) ** 2)));
};

describe('stream', () => {
  it('gives the same numbers for the same seed and parts', () => {
    const a = stream(42, 'dropout', 7);
    const b = stream(42, 'dropout', 7);
    expect(draws(50, () => a.uint32())).toEqual(draws(50, () => b.uint32()));
  });

  it('never changes: stored seeds must go on meaning what they meant', () => {
    const one = stream(42, 'shuffle', 3);
    expect(draws(6, () => one.uint32())).toMatchInlineSnapshot(`
      [
        3527377455,
        1600531472,
        3605018190,
        2036003993,
        3776080952,
        3746185031,
      ]
    `);
    expect(uniformAt(streamKey(42, 'random', 'learningRate'), 5)).toMatchInlineSnapshot(`0.10252192661146253`);
  });

  it.each([
    ['seeds', stream(1, 'a'), stream(2, 'a')],
    ['seeds that differ above 32 bits', stream(1, 'a'), stream(1 + 2 ** 32, 'a')],
    ['a number and its text', stream(1, 1), stream(1, '1')],
    ['texts', stream(1, 'beta1'), stream(1, 'beta2')],
    ['texts that differ in trailing zeros', stream(1, 'a'), stream(1, 'a\0')],
    ['the empty text and none', stream(1, ''), stream(1)],
    ['one text and two', stream(1, 'ab'), stream(1, 'a', 'b')],
    ['long texts that differ at the end', stream(1, `${'x'.repeat(99)}a`), stream(1, `${'x'.repeat(99)}b`)],
    ['signs', stream(1, -1), stream(1, 1)],
  ])('is independent for different %s', (_, a, b) => {
    const xs = draws(4000, () => a.uniform());
    const ys = draws(4000, () => b.uniform());
    expect(Math.abs(correlation(xs, ys))).toBeLessThan(0.06);
    expect(
      kolmogorovSmirnov(
        xs.map((x, i) => (x + ys[i]!) % 1),
        (x) => x,
      ).pValue,
    ).toBeGreaterThan(1e-3);
  });

  it('splits into streams that do not depend on its position', () => {
    const fresh = stream(9, 'trial');
    const used = stream(9, 'trial');
    draws(13, () => used.uint32());
    expect(used.split('dropout').uint32()).toBe(fresh.split('dropout').uint32());
    expect(stream(9, 'trial', 'dropout').uint32()).toBe(fresh.split('dropout').uint32());
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses the seed %d', (seed) => {
    expect(() => stream(seed)).toThrow(RangeError);
  });

  it('refuses parts that are not whole numbers', () => {
    expect(() => stream(1, 0.5)).toThrow(RangeError);
  });
});

describe('Stream', () => {
  it('draws uniform numbers in [0, 1)', () => {
    const random = stream(1, 'uniform');
    const xs = draws(20_000, () => random.uniform());
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...xs)).toBeLessThan(1);
    expect(kolmogorovSmirnov(xs, (x) => x).pValue).toBeGreaterThan(0.01);
    expect(Math.abs(correlation(xs.slice(1), xs.slice(0, -1)))).toBeLessThan(0.03);
    // 53 bits: the last one is set about half of the time
    expect(mean(xs.map((x) => (x * 2 ** 53) % 2))).toBeCloseTo(0.5, 1);
  });

  it('draws uniform numbers in (0, 1) on odd multiples of 2^-53', () => {
    const random = stream(1, 'open');
    for (const x of draws(1000, () => random.uniformOpen())) {
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(1);
      expect((x * 2 ** 53) % 2).toBe(1);
    }
  });

  it('draws normal numbers', () => {
    const random = stream(2, 'normal');
    const xs = draws(20_000, () => random.normal());
    expect(kolmogorovSmirnov(xs, normalCdf).pValue).toBeGreaterThan(0.01);
  });

  it.each([1, 2, 3, 7, 100])('draws below %i without bias', (n) => {
    const random = stream(3, 'below');
    const counts = new Array<number>(n).fill(0);
    for (let i = 0; i < 1000 * n; i++) counts[random.below(n)]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(n - 1 + 4 * Math.sqrt(2 * n));
  });

  it.each([2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 3 * 2 ** 31, Number.MAX_SAFE_INTEGER])('draws below %d', (n) => {
    const random = stream(4, 'below', n);
    const xs = draws(4000, () => random.below(n));
    expect(xs.every((x) => Number.isSafeInteger(x) && x >= 0 && x < n)).toBe(true);
    expect(kolmogorovSmirnov(xs, (x) => x / n).pValue).toBeGreaterThan(0.01);
  });

  it.each([0, -1, 1.5, 2 ** 53])('refuses to draw below %d', (n) => {
    expect(() => stream(1).below(n)).toThrow(RangeError);
  });

  it('permutes: every order of three equally likely', () => {
    const random = stream(5, 'permutation');
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.permutation(3).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it('chooses among the items', () => {
    const random = stream(6, 'choice');
    expect(new Set(draws(100, () => random.choice([10, 20, 30])))).toEqual(new Set([10, 20, 30]));
    expect(() => random.choice([])).toThrow(RangeError);
  });
});

describe('uniformAt', () => {
  it('depends on the index alone, and is uniform over indices and over keys', () => {
    const key = streamKey(7, 'random', 'x');
    const xs = draws(5000, (i) => uniformAt(key, i));
    expect(uniformAt(key, 4321)).toBe(xs[4321]);
    expect(kolmogorovSmirnov(xs, (x) => x).pValue).toBeGreaterThan(0.01);
    const acrossSeeds = draws(5000, (seed) => uniformAt(streamKey(seed, 'x'), 0));
    expect(kolmogorovSmirnov(acrossSeeds, (x) => x).pValue).toBeGreaterThan(0.01);
    const bits = draws(5000, (i) => uint32At(key, i) / 2 ** 32);
    expect(Math.abs(correlation(xs, bits))).toBeLessThan(0.06);
  });
});
