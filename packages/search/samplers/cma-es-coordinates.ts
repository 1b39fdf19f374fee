import type { Params, ParamValue } from '@caviar/spec';
import { assemble, type CompiledSpace, isActive } from '../space/compile-space.js';
import type { UnitDomain } from '../space/domain.js';

/** A range with more than one value, as a coordinate of the normal distribution. */
export interface Coordinate {
  readonly name: string;
  readonly unit: UnitDomain;
  /** Ints and ranges with steps: a value stands for a cell of positions. */
  readonly discrete: boolean;
}

/** A space as CMA-ES sees it: n coordinates in [0, 1]^n, and lists of choices. Parameters with a single value are neither. */
export interface Coordinates {
  readonly ranges: readonly Coordinate[];
  /** Number of choices by categorical parameter. */
  readonly choices: readonly number[];
  /** The params at a point; positions outside [0, 1] count as the nearer end. */
  readonly write: (point: Point) => Params;
  /** What params tell of their point; null for params that are not of this space. */
  readonly read: (params: Params) => Sight | null;
}

export interface Point {
  /** Shape [n]. */
  readonly x: Float64Array;
  /** Index of the choice by categorical parameter. */
  readonly chosen: ArrayLike<number>;
}

/** A point as far as params show it. */
export interface Sight {
  /**
   * Position j lies between `low[j]` and `high[j]`: the same number for a continuous range, the cell of a value for a
   * discrete one (open to infinity at the ends of the range), the whole line where the parameter is inactive. Shape [n].
   */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Index of the choice, -1 where the parameter is inactive. */
  readonly chosen: Int32Array;
}

/** The order of coordinates does not depend on the order of the space's keys. */
export function coordinatesOf(space: CompiledSpace): Coordinates {
  const { parameters } = space;
  const several = space.order.filter((i) => parameters[i]!.unit.count > 1);
  const rangeIndices = several.filter((i) => parameters[i]!.domain.kind !== 'categorical');
  const choiceIndices = several.filter((i) => parameters[i]!.domain.kind === 'categorical');
  const place = new Map([...rangeIndices, ...choiceIndices].map((index, k) => [index, k]));
  const n = rangeIndices.length;
  const ranges = rangeIndices.map((i): Coordinate => {
    const { name, unit } = parameters[i]!;
    return { name, unit, discrete: Number.isFinite(unit.count) };
  });

  const write = ({ x, chosen }: Point): Params =>
    assemble(space, (i) => {
      const { unit } = parameters[i]!;
      const k = place.get(i);
      if (k === undefined) return unit.fromUnit(0.5);
      return unit.fromUnit(k < n ? x[k]! : (chosen[k - n]! + 0.5) / unit.count);
    });

  const read = (params: Params): Sight | null => {
    const low = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
    const high = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
    const chosen = new Int32Array(choiceIndices.length).fill(-1);
    const values = parameters.map(({ name }) => (Object.hasOwn(params, name) ? params[name] : undefined));
    for (const i of space.order) {
      const value = values[i];
      const { unit } = parameters[i]!;
      if (isActive(parameters[i]!, values) !== (value !== undefined)) return null;
      if (value === undefined) continue;
      if (!unit.contains(value)) return null;
      const k = place.get(i);
      if (k === undefined) continue;
      if (k < n) [low[k], high[k]] = cellOf(unit, value);
      else chosen[k - n] = Math.round(unit.toUnit(value) * unit.count - 0.5);
    }
    return { low, high, chosen };
  };

  return { ranges, choices: choiceIndices.map((i) => parameters[i]!.unit.count), write, read };
}

/** Positions that give a value; what lies beyond the ends of a discrete range gives its first or last value. */
function cellOf(unit: UnitDomain, value: ParamValue): readonly [number, number] {
  const [low, high] = unit.cell(value);
  if (low === high) return [low, high];
  return [low <= 0 ? Number.NEGATIVE_INFINITY : low, high >= 1 ? Number.POSITIVE_INFINITY : high];
}
