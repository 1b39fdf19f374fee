import { describe, expect, it } from 'vitest';
import { stream } from './rng.js';
import { symmetricEigen } from './symmetric-eigen.js';

/** V diag(values) V^T, and V^T V. */
function products(values: Float64Array, vectors: Float64Array, n: number) {
  const rebuilt: number[] = [];
  const gram: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let entry = 0;
      let dot = 0;
      for (let k = 0; k < n; k++) {
        entry += vectors[i * n + k]! * values[k]! * vectors[j * n + k]!;
        dot += vectors[k * n + i]! * vectors[k * n + j]!;
      }
      rebuilt.push(entry);
      gram.push(dot);
    }
  }
  return { rebuilt, gram };
}

describe('symmetricEigen', () => {
  it('gives the eigenvalues known in closed form', () => {
    // [[2, 1], [1, 2]]: 1 for (1, -1), 3 for (1, 1)
    const { values, vectors } = symmetricEigen([2, 1, 1, 2], 2);
    const three = values[0]! > values[1]! ? 0 : 1;
    expect(values[three]).toBeCloseTo(3, 14);
    expect(values[1 - three]).toBeCloseTo(1, 14);
    expect(vectors[three]! / vectors[2 + three]!).toBeCloseTo(1, 14);
    // Second differences: 2 - 2 cos(k pi / (n + 1)), k = 1..n
    const n = 12;
    const differences = Array.from({ length: n * n }, (_, at) => {
      const distance = Math.abs(Math.floor(at / n) - (at % n));
      return distance === 0 ? 2 : distance === 1 ? -1 : 0;
    });
    const found = [...symmetricEigen(differences, n).values].sort((a, b) => a - b);
    found.forEach((value, k) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 13);
    });
  });

  it.each([1, 2, 5, 20])('takes a random matrix of %d rows apart and together again', (n) => {
    const random = stream(1, 'eigen', n);
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = i; j < n; j++) {
        matrix[i * n + j] = random.normal();
        matrix[j * n + i] = matrix[i * n + j]!;
      }
    }
    const { values, vectors } = symmetricEigen(matrix, n);
    const { rebuilt, gram } = products(values, vectors, n);
    for (let at = 0; at < n * n; at++) {
      expect(Math.abs(rebuilt[at]! - matrix[at]!)).toBeLessThan(1e-13 * n);
      expect(Math.abs(gram[at]! - (at % (n + 1) === 0 ? 1 : 0))).toBeLessThan(1e-14 * n);
    }
  });

  it('holds where eigenvalues are equal, zero, or twenty orders apart', () => {
    expect([...symmetricEigen([4, 0, 0, 4], 2).values]).toEqual([4, 4]);
    expect([...symmetricEigen([0, 0, 0, 0], 2).values]).toEqual([0, 0]);
    const { values } = symmetricEigen([1e20, 1, 1, 1], 2);
    expect(Math.max(...values)).toBe(1e20);
    expect(Math.min(...values)).toBeCloseTo(1, 12);
    expect(symmetricEigen([], 0).values).toHaveLength(0);
  });

  it('refuses what is not finite', () => {
    expect(() => symmetricEigen([1, Number.NaN, Number.NaN, 1], 2)).toThrow(RangeError);
  });
});
