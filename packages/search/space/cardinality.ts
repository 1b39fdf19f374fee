import { type ParamValue, type SearchSpace, sameParamValue } from '@caviar/spec';
import { type CompiledSpace, compileSpace } from './compile-space.js';
import { childrenOf, gridIndex, runsOfValues, type ValueRun } from './grid-index.js';

/**
 * Number of distinct configurations of a space, conditions counted exactly: Infinity with a float range without step,
 * and at most 2^53 - 1 otherwise.
 */
export function cardinality(space: SearchSpace): number {
  const compiled = compileSpace(space);
  if (compiled.parameters.some(({ unit }) => !Number.isFinite(unit.count))) return Number.POSITIVE_INFINITY;
  return gridIndex(
    compiled,
    compiled.parameters.map((_, i) => allRuns(compiled, i)),
  ).size;
}

/** Of a range only the values that a condition names need to be told apart. */
function allRuns(space: CompiledSpace, index: number): readonly ValueRun[] {
  const { domain, unit } = space.parameters[index]!;
  if (domain.kind === 'categorical') return runsOfValues(space, index, domain.choices);
  const named: ParamValue[] = [];
  for (const value of childrenOf(space, index).flatMap(({ values }) => values)) {
    if (unit.contains(value) && !named.some((one) => sameParamValue(one, value))) named.push(value);
  }
  const runs = named.map((value): ValueRun => ({ count: 1, at: () => value }));
  // null is no number, so it stands for all values that no condition names.
  return unit.count === named.length ? runs : [...runs, { count: unit.count - named.length, at: () => null }];
}
