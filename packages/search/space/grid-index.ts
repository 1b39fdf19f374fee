import { type ParamValue, sameParamValue } from '@caviar/spec';
import type { CompiledSpace } from './compile-space.js';

/** Values of a parameter that lie next to each other in the enumeration and satisfy the same conditions. */
export interface ValueRun {
  readonly count: number;
  /** Value number k of the run, 0 <= k < count. */
  readonly at: (k: number) => ParamValue;
  /** Number of a value of the run; -1 for one that is not in it. */
  readonly indexOf: (value: ParamValue) => number;
}

/** Numbers distinct configurations, without ever listing them. */
export interface GridIndex {
  /** Number of configurations; `MAX_GRID_SIZE` where there are that many or more. */
  readonly size: number;
  /** Values by parameter index of configuration k, 0 <= k < size; undefined = inactive. */
  readonly at: (k: number) => readonly (ParamValue | undefined)[];
  /** Number of the configuration with these values of the active parameters (others are not looked at); null where one is not listed. */
  readonly indexOf: (values: readonly (ParamValue | undefined)[]) => number | null;
}

export const MAX_GRID_SIZE = Number.MAX_SAFE_INTEGER;

/** Partial configurations that counting may tell apart; only conditions that cross each other a hundredfold reach it. */
const MAX_STATES = 20_000;

/**
 * Numbers all combinations of the values, lexicographically in `space.order`: the last parameter varies fastest.
 *
 * Notation: position p, a place in `space.order`; child of p, a parameter with a condition on the parameter at p; state
 * at p, the set of positions from p on already known to be inactive, ascending. The number of ways to complete a
 * configuration from p on depends on the state alone, so it is counted once per (p, state).
 *
 * Throws a RangeError where the conditions are so entangled that there are too many states.
 *
 * @param runsOf by parameter index, every value once; none of the lists is empty
 */
export function gridIndex(space: CompiledSpace, runsOf: readonly (readonly ValueRun[])[]): GridIndex {
  const { order, parameters } = space;
  const positionOf = new Map(order.map((index, position) => [index, position]));
  const branches = order.map((index) => {
    const children = childrenOf(space, index).map(({ child, values }) => ({
      position: positionOf.get(child)!,
      values,
    }));
    return runsOf[index]!.map((run): Branch => {
      const value = run.at(0);
      const refuted = children.filter(({ values }) => !values.some((allowed) => sameParamValue(allowed, value)));
      return { run, refutes: refuted.map(({ position }) => position) };
    });
  });
  /** The children of an inactive parameter are inactive too. */
  const descendants = order.map((index) => childrenOf(space, index).map(({ child }) => positionOf.get(child)!));
  const counts = new Map<string, number>();

  function countFrom(position: number, state: State): number {
    if (position === parameters.length) return 1;
    const key = `${position}:${state.join()}`;
    const known = counts.get(key);
    if (known !== undefined) return known;
    let count = 0;
    if (state[0] === position) {
      count = countFrom(position + 1, nextState(state, descendants[position]!, position));
    } else {
      for (const { run, refutes } of branches[position]!) {
        count += run.count * countFrom(position + 1, nextState(state, refutes, position));
      }
    }
    count = Math.min(count, MAX_GRID_SIZE);
    counts.set(key, count);
    if (counts.size > MAX_STATES) throw new RangeError('the conditions of this space are too entangled for a grid');
    return count;
  }

  const at = (k: number): readonly (ParamValue | undefined)[] => {
    const chosen: (ParamValue | undefined)[] = new Array(parameters.length).fill(undefined);
    let rest = k;
    let state: State = [];
    order.forEach((index, position) => {
      if (state[0] === position) {
        state = nextState(state, descendants[position]!, position);
        return;
      }
      for (const { run, refutes } of branches[position]!) {
        const next = nextState(state, refutes, position);
        const each = countFrom(position + 1, next);
        const whole = Math.floor(rest / each);
        if (whole < run.count) {
          chosen[index] = run.at(whole);
          rest -= whole * each;
          state = next;
          return;
        }
        rest -= run.count * each;
      }
      throw new RangeError(`there is no configuration ${k}`);
    });
    return chosen;
  };

  const indexOf = (values: readonly (ParamValue | undefined)[]): number | null => {
    let k = 0;
    let state: State = [];
    for (const [position, index] of order.entries()) {
      if (state[0] === position) {
        state = nextState(state, descendants[position]!, position);
        continue;
      }
      const value = values[index];
      let isListed = false;
      for (const { run, refutes } of branches[position]!) {
        const next = nextState(state, refutes, position);
        const each = countFrom(position + 1, next);
        const place = value === undefined ? -1 : run.indexOf(value);
        k += (place >= 0 ? place : run.count) * each;
        isListed = place >= 0;
        if (!isListed) continue;
        state = next;
        break;
      }
      if (!isListed) return null;
    }
    return k;
  };

  return { size: countFrom(0, []), at, indexOf };
}

/** The values in their order, cut into runs that satisfy the same conditions of other parameters. */
export function runsOfValues(space: CompiledSpace, index: number, values: readonly ParamValue[]): ValueRun[] {
  const children = childrenOf(space, index);
  const signature = (value: ParamValue) =>
    children.map(({ values: allowed }) => allowed.some((one) => sameParamValue(one, value))).join();
  const runs: ParamValue[][] = [];
  let previous: string | undefined;
  for (const value of values) {
    const present = signature(value);
    if (present === previous) runs.at(-1)!.push(value);
    else runs.push([value]);
    previous = present;
  }
  return runs.map((run) => ({
    count: run.length,
    at: (k) => run[k]!,
    indexOf: (value) => run.findIndex((one) => sameParamValue(one, value)),
  }));
}

/** The conditions on a parameter: whose, and which values they allow. */
export function childrenOf(
  { parameters }: CompiledSpace,
  index: number,
): readonly { readonly child: number; readonly values: readonly ParamValue[] }[] {
  return parameters.flatMap(({ conditions }, child) =>
    conditions.filter(({ parent }) => parent === index).map(({ values }) => ({ child, values })),
  );
}

type State = readonly number[];

interface Branch {
  readonly run: ValueRun;
  /** Positions of the children that these values make inactive. */
  readonly refutes: readonly number[];
}

function nextState(state: State, refuted: readonly number[], position: number): State {
  if (refuted.length === 0) return state[0] === position ? state.slice(1) : state;
  return [...new Set([...state, ...refuted])].filter((p) => p > position).sort((a, b) => a - b);
}
