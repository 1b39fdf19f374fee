import type { SearchSpace } from '@caviar/spec';
import { type CompiledSpace, compileSpace } from './compile-space.js';
import { childrenOf, type GridIndex, gridIndex, runsOfValues, type ValueRun } from './grid-index.js';

/**
 * Number of distinct configurations of a space, conditions counted exactly: Infinity with a float range without step,
 * and at most 2^53 - 1 otherwise.
 */
export function cardinality(space: SearchSpace): number {
  return allConfigurations(compileSpace(space))?.size ?? Number.POSITIVE_INFINITY;
}

/**
 * All configurations of a space, numbered; null with a float range without step.
 *
 * Throws a RangeError where the conditions are too entangled to count.
 */
export function allConfigurations(space: CompiledSpace): GridIndex | null {
  if (space.parameters.some(({ unit }) => !Number.isFinite(unit.count))) return null;
  return gridIndex(
    space,
    space.parameters.map((_, i) => allRuns(space, i)),
  );
}

/** Of a range only the values that a condition names need to be told apart. */
function allRuns(space: CompiledSpace, index: number): readonly ValueRun[] {
  const { domain, unit } = space.parameters[index]!;
  if (domain.kind === 'categorical') return runsOfValues(space, index, domain.choices);
  const values = childrenOf(space, index).flatMap((child) => child.values.filter((value) => unit.contains(value)));
  const named = [...new Set(values.map((value) => unit.indexOf(value)))].sort((a, b) => a - b);
  const runs = named.map((k): ValueRun => {
    const only = unit.at(k);
    return { count: 1, at: () => only, indexOf: (value) => (unit.indexOf(value) === k ? 0 : -1) };
  });
  if (unit.count === named.length) return runs;
  const rest: ValueRun = {
    count: unit.count - named.length,
    at: (place) => unit.at(named.reduce((k, one) => (k >= one ? k + 1 : k), place)),
    indexOf: (value) => {
      const k = unit.indexOf(value);
      return named.includes(k) ? -1 : k - named.filter((one) => one < k).length;
    },
  };
  return [...runs, rest];
}
