import type { Params, SearchSpace } from '@caviar/spec';
import { type CompiledSpace, compileSpace, isActive } from './compile-space.js';

/** Whether params could have been drawn from the space: the active parameters and no others, each within its domain. */
export function contains(space: SearchSpace, params: Params): boolean {
  return isPointOf(compileSpace(space), params);
}

/** `contains` for a space that is compiled already. */
export function isPointOf({ parameters }: CompiledSpace, params: Params): boolean {
  const values = parameters.map(({ name }) => (Object.hasOwn(params, name) ? params[name] : undefined));
  if (values.filter((value) => value !== undefined).length !== Object.keys(params).length) return false;
  return parameters.every((parameter, i) => {
    const value = values[i];
    return isActive(parameter, values) ? value !== undefined && parameter.unit.contains(value) : value === undefined;
  });
}
