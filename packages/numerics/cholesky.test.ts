import { describe, expect, it } from 'vitest';
import { Cholesky, packedSize } from './cholesky.js';
import { stream } from './rng.js';

type Matrix = readonly (readonly number[])[];

/** B Bᵀ + I / 10 for random B: positive definite, [n, n]. */
function randomMatrix(n: number, seed: number): Matrix {
  const random = stream(seed, 'matrix');
  const b = Array.from({ length: n }, () => Array.from({ length: n }, () => random.normal()));
  return b.map((row, i) =>
    b.map((other, j) => row.reduce((sum, v, k) => sum + v * other[k]!, 0) + (i === j ? 0.1 : 0)),
  );
}

function factorOf(matrix: Matrix): Cholesky {
  const factor = new Cholesky(1);
  for (const row of matrix) expect(factor.append(row)).toBe(true);
  return factor;
}

const times = (matrix: Matrix, x: ArrayLike<number>) =>
  matrix.map((row) => row.reduce((sum, v, j) => sum + v * x[j]!, 0));

/** L b and Lᵀ b told by solving: column j of the inverse of L. */
function lowerOf(factor: Cholesky): Matrix {
  const columns = Array.from({ length: factor.size }, (_, j) => {
    const unit = Float64Array.from({ length: factor.size }, (_, i) => (i === j ? 1 : 0));
    factor.solveLower(unit);
    return unit;
  });
  return Array.from({ length: factor.size }, (_, i) => columns.map((column) => column[i]!));
}

it('is the factor of the worked example', () => {
  // [[4, 2], [2, 5]] = [[2, 0], [1, 2]] [[2, 1], [0, 2]]; its determinant is 16, its inverse [[5, -2], [-2, 4]] / 16.
  const factor = factorOf([
    [4, 2],
    [2, 5],
  ]);
  const b = Float64Array.of(2, 5);
  factor.solveLower(b); // 2 x0 = 2, x0 + 2 x1 = 5
  expect([...b]).toEqual([1, 2]);
  factor.solveUpper(b); // 2 x1 = 2, 2 x0 + x1 = 1
  expect([...b]).toEqual([0, 1]);
  expect(factor.halfLogDeterminant()).toBeCloseTo(Math.log(16) / 2, 15);
  expect([...factor.inverse()]).toEqual([5 / 16, -2 / 16, 4 / 16]);
});

describe.each([1, 2, 5, 17, 64])('of a matrix with %d rows', (n) => {
  const matrix = randomMatrix(n, n);
  const factor = factorOf(matrix);

  it('multiplies back to the matrix', () => {
    // L⁻¹ A L⁻ᵀ = I says that L Lᵀ = A.
    const inverse = lowerOf(factor);
    inverse.forEach((row, i) => {
      inverse.forEach((other, j) => {
        const entry = times(matrix, other).reduce((sum, v, k) => sum + v * row[k]!, 0);
        expect(entry).toBeCloseTo(i === j ? 1 : 0, 9);
      });
    });
  });

  it('solves both triangles', () => {
    const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
    const b = Float64Array.from(times(matrix, x));
    factor.solveLower(b);
    factor.solveUpper(b);
    for (const [i, v] of b.entries()) expect(v).toBeCloseTo(x[i]!, 8);
  });

  it('solves for four at once as for one at a time', () => {
    const all = Float64Array.from({ length: 4 * n }, (_, i) => Math.cos(i * i));
    const one = [0, 1, 2, 3].map((k) => all.slice(k * n, (k + 1) * n));
    const some = all.slice();
    factor.solveLowerFour(some, n >> 1);
    factor.solveLowerFour(all);
    for (const [i, v] of some.entries()) {
      expect(v).toBe(i % n < n >> 1 ? all[i] : Math.cos(i * i));
    }
    for (const [k, b] of one.entries()) {
      factor.solveLower(b);
      for (const [i, v] of b.entries()) expect(all[k * n + i]).toBeCloseTo(v, 9);
    }
  });

  it('inverts', () => {
    const inverse = factor.inverse();
    const at = (i: number, j: number) => inverse[packedSize(Math.max(i, j)) + Math.min(i, j)]!;
    for (let j = 0; j < n; j++) {
      const column = Array.from({ length: n }, (_, i) => at(i, j));
      for (const [i, v] of times(matrix, column).entries()) expect(v).toBeCloseTo(i === j ? 1 : 0, 8);
    }
  });
});

it('refuses a row that makes the matrix singular, and goes on without it', () => {
  const factor = factorOf([[1], [0.5, 1]]);
  expect(factor.append([1, 0.5, 1])).toBe(false);
  expect(factor.append([0, 0, -1])).toBe(false);
  expect(factor.append([Number.NaN, 0, 1])).toBe(false);
  expect(factor.size).toBe(2);
  expect(factor.append([0, 0, 4])).toBe(true);
  const b = Float64Array.of(0, 0, 8);
  factor.solveLower(b);
  expect([...b]).toEqual([0, 0, 4]);
});
