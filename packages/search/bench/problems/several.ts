import { type Params, type SearchSpace, type SearchSpec, spaceSchema } from '@caviar/spec';
import { numberOf } from './problem.js';

/** Functions to be minimised at once, with constraints or without. */
export interface SeveralProblem {
  readonly name: string;
  readonly space: SearchSpace;
  /** Metrics by name: the objectives `f1`, `f2`, ..., and what is bounded. */
  readonly evaluate: (params: Params) => Readonly<Record<string, number>>;
  readonly objectives: number;
  readonly constraints?: SearchSpec['constraints'];
  /** The corner that volumes are measured from, and the volume of the whole front up to it. */
  readonly reference: readonly number[];
  readonly volume: number;
}

const unit = (count: number): SearchSpace =>
  spaceSchema.parse(
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, { kind: 'float', min: 0, max: 1 }])),
  );
const coordinates = (params: Params, count: number) =>
  Array.from({ length: count }, (_, i) => numberOf(params, `x${i}`));

/** ZDT1 (Zitzler, Deb and Thiele, 2000) of 6 floats: the front is f2 = 1 - sqrt(f1). */
export const zdt1: SeveralProblem = {
  name: 'zdt1',
  space: unit(6),
  objectives: 2,
  evaluate: (params) => {
    const [f1 = 0, ...rest] = coordinates(params, 6);
    const g = 1 + (9 * rest.reduce((sum, x) => sum + x, 0)) / rest.length;
    return { f1, f2: g * (1 - Math.sqrt(f1 / g)) };
  },
  reference: [1.1, 6],
  // the integral of 6 - (1 - sqrt(x)) from 0 to 1, and a strip of 0.1 with f2 = 0
  volume: 5 + 2 / 3 + 0.6,
};

/** ZDT3: the same with a front in five pieces, from integrating it (1e6 steps). */
export const zdt3: SeveralProblem = {
  ...zdt1,
  name: 'zdt3',
  evaluate: (params) => {
    const [f1 = 0, ...rest] = coordinates(params, 6);
    const g = 1 + (9 * rest.reduce((sum, x) => sum + x, 0)) / rest.length;
    return { f1, f2: g * (1 - Math.sqrt(f1 / g) - (f1 / g) * Math.sin(10 * Math.PI * f1)) };
  },
  volume: volumeUnder((f1) => 1 - Math.sqrt(f1) - f1 * Math.sin(10 * Math.PI * f1), [1.1, 6]),
};

/** DTLZ2 (Deb, Thiele, Laumanns and Zitzler, 2002) of 6 floats: the front is an eighth of the unit sphere. */
export const dtlz2: SeveralProblem = {
  name: 'dtlz2',
  space: unit(6),
  objectives: 3,
  evaluate: (params) => {
    const [a = 0, b = 0, ...rest] = coordinates(params, 6);
    const radius = 1 + rest.reduce((sum, x) => sum + (x - 0.5) * (x - 0.5), 0);
    const [u, v] = [(a * Math.PI) / 2, (b * Math.PI) / 2];
    return {
      f1: radius * Math.cos(u) * Math.cos(v),
      f2: radius * Math.cos(u) * Math.sin(v),
      f3: radius * Math.sin(u),
    };
  },
  reference: [1.5, 1.5, 1.5],
  volume: 1.5 ** 3 - Math.PI / 6,
};

/** Error against size of a network, as a formula: choices, a condition, an int, and a bound on a third metric. */
export const network: SeveralProblem = {
  name: 'network',
  space: spaceSchema.parse({
    units: { kind: 'int', min: 4, max: 512, scale: 'log' },
    layers: { kind: 'int', min: 1, max: 4 },
    rate: { kind: 'float', min: 1e-5, max: 1, scale: 'log' },
    optimizer: { kind: 'categorical', choices: ['gd', 'adam'] },
    momentum: { kind: 'float', min: 0, max: 1, when: { optimizer: ['gd'] } },
  }),
  objectives: 2,
  constraints: [{ metric: 'latency', max: 2 }],
  evaluate: (params) => {
    const [units, layers, rate] = ['units', 'layers', 'rate'].map((name) => numberOf(params, name)) as [
      number,
      number,
      number,
    ];
    const isGd = params['optimizer'] === 'gd';
    const best = isGd ? -1 : -2.5;
    const off = Math.log10(rate) - best;
    const rest = isGd ? 0.2 + Math.abs(numberOf(params, 'momentum') - 0.9) : 0.1;
    const size = Math.log2(units) * layers;
    return { f1: 0.1 * off * off + rest + 2 / size, f2: size / 9, latency: 0.2 * layers + units / 128 };
  },
  reference: [3, 4],
  volume: 10.83,
};

export const SEVERAL_PROBLEMS: readonly SeveralProblem[] = [zdt1, zdt3, dtlz2, network];

/** The area that a curve over [0, 1] dominates up to a corner. */
function volumeUnder(curve: (x: number) => number, [right = 1, top = 1]: readonly number[]): number {
  const steps = 1_000_000;
  let lowest = Number.POSITIVE_INFINITY;
  let area = 0;
  for (let i = 0; i < steps; i++) {
    lowest = Math.min(lowest, curve(i / steps));
    area += (top - lowest) / steps;
  }
  return area + (right - 1) * (top - lowest);
}
