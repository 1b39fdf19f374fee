import { type StepGrid, stepGrid } from '@caviar/numerics';
import type { CategoricalDomain, Domain, FloatDomain, IntDomain, ParamValue } from '@caviar/spec';
import { sameParamValue } from '@caviar/spec';
import { type ScaleMap, scaleMap } from './scale.js';

/**
 * A domain seen as the unit interval: u uniform in [0, 1] gives values with the distribution that the domain asks for.
 * Whatever rounding does, values lie within the domain.
 */
export interface UnitDomain {
  /** Number of distinct values; Infinity for a float range without step. */
  readonly count: number;
  /** The value at u; what lies outside [0, 1] counts as the nearer end. */
  readonly fromUnit: (u: number) => ParamValue;
  /** Where a value lies, the middle of its cell if it has one; a value outside the domain counts as the nearest end. */
  readonly toUnit: (value: ParamValue) => number;
  /** Part of the unit interval that gives this value: [u, u] for a float range without step. */
  readonly cell: (value: ParamValue) => readonly [number, number];
  readonly contains: (value: ParamValue) => boolean;
  /** Value number k of a finite domain, in the order of the scale or of the choices; 0 <= k < count. */
  readonly at: (k: number) => ParamValue;
  /** The number k of a value that a finite domain contains. */
  readonly indexOf: (value: ParamValue) => number;
  /** At most `levels` distinct values, evenly spread on the scale with both ends included (one level: the middle). */
  readonly spread: (levels: number) => readonly ParamValue[];
}

/** The view of a domain as the unit interval. */
export function unitDomain(domain: Domain): UnitDomain {
  if (domain.kind === 'categorical') return categorical(domain);
  if (domain.kind === 'float' && domain.step === undefined) {
    return domain.min === domain.max ? single(domain.min + 0) : continuous(domain);
  }
  const grid = stepGrid(domain.min, domain.max, domain.step ?? 1);
  if (grid.count === 1) return single(grid.at(0));
  return domain.scale === 'linear' ? evenGrid(grid) : scaledGrid(grid, domain);
}

function categorical({ choices }: CategoricalDomain): UnitDomain {
  const indexOf = (value: ParamValue) => choices.findIndex((choice) => sameParamValue(choice, value));
  const count = choices.length;
  return {
    count,
    fromUnit: (u) => choices[cellOf(u, count)]!,
    toUnit: (value) => (Math.max(0, indexOf(value)) + 0.5) / count,
    cell: (value) => evenCell(Math.max(0, indexOf(value)), count),
    contains: (value) => indexOf(value) >= 0,
    at: (k) => choices[k]!,
    indexOf,
    spread: () => choices,
  };
}

function single(only: number): UnitDomain {
  return {
    count: 1,
    fromUnit: () => only,
    toUnit: () => 0.5,
    cell: () => [0, 1],
    contains: (value) => value === only,
    at: () => only,
    indexOf: () => 0,
    spread: () => [only],
  };
}

function continuous(domain: FloatDomain): UnitDomain {
  const { min, max } = domain;
  const scale = scaleMap(domain.scale, min, max);
  const low = scale.forward(min);
  const width = scale.forward(max) - low;
  const fromUnit = (u: number) => {
    if (u <= 0) return min + 0; // + 0 turns -0 into 0, as JSON does
    return (u >= 1 ? max : clamp(scale.inverse(low + u * width), min, max)) + 0;
  };
  // Bounds so close that they are one point on the scale leave nothing to place a value by.
  const toUnit = (value: ParamValue) =>
    width > 0 ? clamp((scale.forward(clamp(Number(value), min, max)) - low) / width, 0, 1) : 0.5;
  return {
    count: Number.POSITIVE_INFINITY,
    fromUnit,
    toUnit,
    cell: (value) => {
      const u = toUnit(value);
      return [u, u];
    },
    contains: (value) => typeof value === 'number' && value >= min && value <= max,
    at: notFinite,
    indexOf: notFinite,
    spread: (levels) => {
      const at = (t: number) => (t === 0 || t === 1 ? fromUnit(t) : clamp(withoutNoise(fromUnit(t)), min, max));
      // In a range of a few doubles, several of them may be the same.
      return [...new Set(fractions(levels).map(at))].sort((a, b) => a - b);
    },
  };
}

/** Every value equally likely. */
function evenGrid(grid: StepGrid): UnitDomain {
  const { count } = grid;
  return {
    count,
    fromUnit: (u) => grid.at(cellOf(u, count)),
    toUnit: (value) => (grid.nearest(Number(value)) + 0.5) / count,
    cell: (value) => evenCell(grid.nearest(Number(value)), count),
    contains: (value) => isGridValue(grid, value),
    at: grid.at,
    indexOf: (value) => grid.nearest(Number(value)),
    spread: (levels) => spreadOf(grid, levels, (t) => Math.round(t * (count - 1))),
  };
}

/** A continuous draw on the scale, moved to the nearest value; half a step is added at both ends so they get full cells. */
function scaledGrid(grid: StepGrid, domain: FloatDomain | IntDomain): UnitDomain {
  const { count, step } = grid;
  const scale = scaleMap(domain.scale, grid.at(0), grid.at(count - 1));
  const [low, high] = widened(grid, domain.scale, scale);
  const width = high - low;
  const place = (x: number) => clamp((scale.forward(x) - low) / width, 0, 1);
  const first = scale.forward(grid.at(0));
  const last = scale.forward(grid.at(count - 1));
  return {
    count,
    fromUnit: (u) => grid.at(u <= 0 ? 0 : u >= 1 ? count - 1 : grid.nearest(scale.inverse(low + u * width))),
    toUnit: (value) => place(grid.at(grid.nearest(Number(value)))),
    cell: (value) => {
      const k = grid.nearest(Number(value));
      return [k === 0 ? 0 : place(grid.at(k) - step / 2), k === count - 1 ? 1 : place(grid.at(k) + step / 2)];
    },
    contains: (value) => isGridValue(grid, value),
    at: grid.at,
    indexOf: (value) => grid.nearest(Number(value)),
    spread: (levels) => spreadOf(grid, levels, (t) => grid.nearest(scale.inverse(first + t * (last - first)))),
  };
}

/**
 * Ends of the draw on the scale, half a step outside the grid. Where the scale ends sooner (0 on `log`, 1 on
 * `oneMinusLog`) the end is moved half of the way there at most.
 */
function widened(grid: StepGrid, name: 'linear' | 'log' | 'oneMinusLog', scale: ScaleMap): readonly [number, number] {
  const half = grid.step / 2;
  const min = grid.at(0);
  const max = grid.at(grid.count - 1);
  const low = name === 'log' ? Math.max(min - half, min / 2) : min - half;
  const high = name === 'oneMinusLog' ? Math.min(max + half, 1 - (1 - max) / 2) : max + half;
  // Next to the end of the scale, half of the way there is rounded to the end itself.
  return [
    scale.forward(name === 'log' && low <= 0 ? min : low),
    scale.forward(name === 'oneMinusLog' && high >= 1 ? max : high),
  ];
}

function spreadOf(grid: StepGrid, levels: number, indexAt: (t: number) => number): number[] {
  if (grid.count <= levels) return Array.from({ length: grid.count }, (_, k) => grid.at(k));
  const indices = fractions(levels).map((t) => (t === 0 ? 0 : t === 1 ? grid.count - 1 : indexAt(t)));
  return [...new Set(indices)].map(grid.at);
}

function fractions(levels: number): number[] {
  return levels === 1 ? [0.5] : Array.from({ length: levels }, (_, i) => i / (levels - 1));
}

function isGridValue(grid: StepGrid, value: ParamValue): boolean {
  return typeof value === 'number' && grid.at(grid.nearest(value)) === value;
}

function notFinite(): never {
  throw new RangeError('the values of a float range without step have no numbers');
}

function cellOf(u: number, count: number): number {
  return clamp(Math.floor(u * count), 0, count - 1);
}

function evenCell(k: number, count: number): readonly [number, number] {
  return [k / count, (k + 1) / count];
}

/** The number of at most 14 digits that x is up to rounding errors, or x: 0.0009999999999999998 was meant to be 0.001. */
function withoutNoise(x: number): number {
  const short = Number(x.toPrecision(14));
  return Math.abs(short - x) <= 4 * Number.EPSILON * Math.abs(x) ? short : x;
}

function clamp(x: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, x));
}
