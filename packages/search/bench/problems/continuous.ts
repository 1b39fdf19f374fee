import { type SearchSpace, spaceSchema } from '@caviar/spec';
import { numberOf, type Problem } from './problem.js';

/** Two floats, three equal minima (Dixon and Szegö, 1978). */
export const branin: Problem = {
  name: 'branin',
  space: spaceSchema.parse({ x: { kind: 'float', min: -5, max: 10 }, y: { kind: 'float', min: 0, max: 15 } }),
  evaluate: (params) => {
    const x = numberOf(params, 'x');
    const y = numberOf(params, 'y');
    const bend = y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6;
    return bend * bend + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
  },
  optimum: 0.397_887_357_729_738,
};

/** Six floats, six local minima (Hartman, 1973). */
export const hartmann6: Problem = {
  name: 'hartmann6',
  space: cube(6, { min: 0, max: 1 }),
  evaluate: (params) => {
    let sum = 0;
    for (let i = 0; i < 4; i++) {
      let inner = 0;
      for (let j = 0; j < 6; j++) {
        inner += HARTMANN_A[i]![j]! * (numberOf(params, `x${j}`) - HARTMANN_P[i]![j]! / 10_000) ** 2;
      }
      sum += HARTMANN_ALPHA[i]! * Math.exp(-inner);
    }
    return -sum;
  },
  optimum: -3.322_368_011_415_51,
};

const HARTMANN_ALPHA = [1, 1.2, 3, 3.2];
const HARTMANN_A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const HARTMANN_P = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
];

const ACKLEY_SHIFT = [3.1, -7.4, 11.8, -0.6, 5.5];

/** Five floats, a funnel full of small hollows, its middle shifted off the middle of the space (Ackley, 1987). */
export const ackley5: Problem = {
  name: 'ackley5',
  space: cube(5, { min: -32.768, max: 32.768 }),
  evaluate: (params) => {
    const x = ACKLEY_SHIFT.map((shift, j) => numberOf(params, `x${j}`) - shift);
    const squares = x.reduce((sum, z) => sum + z * z, 0) / x.length;
    const cosines = x.reduce((sum, z) => sum + Math.cos(2 * Math.PI * z), 0) / x.length;
    return 20 + Math.E - 20 * Math.exp(-0.2 * Math.sqrt(squares)) - Math.exp(cosines);
  },
  optimum: 0,
};

/** The valley of Rosenbrock (1960) in four logarithms, as a logarithm: bent, and narrow at every distance. */
export const rosenbrockLog4: Problem = {
  name: 'rosenbrock-log4',
  space: cube(4, { min: 1e-2, max: 1e2, scale: 'log' }),
  evaluate: (params) => {
    const x = [0, 1, 2, 3].map((j) => Math.log10(numberOf(params, `x${j}`)));
    let sum = 0;
    for (let j = 0; j < 3; j++) sum += 100 * (x[j + 1]! - x[j]! ** 2) ** 2 + (1 - x[j]!) ** 2;
    return Math.log1p(sum);
  },
  optimum: 0,
};

const SPARSE_AT = [0.2, 0.7, 0.45, 0.85];
const SPARSE_WEIGHTS = [1, 0.8, 0.6, 0.4];

/** Twenty floats, four of which matter. */
export const sparse20: Problem = {
  name: 'sparse20',
  space: cube(20, { min: 0, max: 1 }),
  evaluate: (params) =>
    SPARSE_AT.reduce((sum, at, j) => sum + SPARSE_WEIGHTS[j]! * (numberOf(params, `x${5 * j}`) - at) ** 2, 0),
  optimum: 0,
};

function cube(dimensions: number, range: { min: number; max: number; scale?: 'log' }): SearchSpace {
  const names = Array.from({ length: dimensions }, (_, j) => `x${j}`);
  return spaceSchema.parse(Object.fromEntries(names.map((name) => [name, { kind: 'float', ...range }])));
}
