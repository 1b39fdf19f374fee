import { type Params, type ParamValue, type SearchSpace, sameParamValue } from '@caviar/spec';
import { assemble, compileSpace } from './compile-space.js';

/** A search as far as it says what a trial was trained with: what was searched, what was fixed, and what neither named. */
export interface Origin {
  readonly space: SearchSpace;
  readonly fixed: Params;
  readonly defaults: Params;
}

/**
 * The point of another search's space that a trial stands for. A parameter that was fixed before and is searched now has its
 * fixed value; one that was searched and is fixed now must have had the value it is fixed at. Null where there is no such
 * point, or where a value is not known. What was fixed and still is may have changed: whoever names the earlier search
 * takes its trials for comparable (as fewer epochs are).
 */
export function transferParams(params: Params, from: Origin, to: Origin): Params | null {
  const trained: Params = { ...from.defaults, ...from.fixed, ...params };
  const settled: Params = { ...to.defaults, ...to.fixed };
  for (const [name, value] of Object.entries(params)) {
    if (Object.hasOwn(to.space, name)) continue;
    const now = settled[name];
    if (now === undefined || !sameParamValue(now, value)) return null;
  }
  const space = compileSpace(to.space);
  let isKnown = true;
  const transferred = assemble(space, (i): ParamValue => {
    const { name, unit } = space.parameters[i]!;
    // What was inactive had no value at all, whatever its default.
    const value = Object.hasOwn(from.space, name) ? params[name] : trained[name];
    if (value !== undefined && unit.contains(value)) return value;
    isKnown = false;
    return unit.fromUnit(0);
  });
  return isKnown ? transferred : null;
}
