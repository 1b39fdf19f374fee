import type { Params, ParamValue, SearchSpace } from '@caviar/spec';
import { type CompiledSpace, compileSpace, isActive } from './compile-space.js';

/** Whether params could have been drawn from the space: the active parameters and no others, each within its domain. */
export function contains(space: SearchSpace, params: Params): boolean {
  return isPointOf(compileSpace(space), params);
}

/** `contains` for a space that is compiled already. */
export function isPointOf({ parameters }: CompiledSpace, params: Params): boolean {
  const values: (ParamValue | undefined)[] = new Array(parameters.length);
  let present = 0;
  for (let i = 0; i < parameters.length; i++) {
    const { name } = parameters[i]!;
    values[i] = Object.hasOwn(params, name) ? params[name] : undefined;
    if (values[i] !== undefined) present++;
  }
  if (present !== Object.keys(params).length) return false;
  for (let i = 0; i < parameters.length; i++) {
    const parameter = parameters[i]!;
    const value = values[i];
    const isFit = isActive(parameter, values)
      ? value !== undefined && parameter.unit.contains(value)
      : value === undefined;
    if (!isFit) return false;
  }
  return true;
}
