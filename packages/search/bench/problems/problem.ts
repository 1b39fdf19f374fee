import type { Params, SearchSpace } from '@caviar/spec';

/** A function to be minimised, with a known optimum. */
export interface Problem {
  readonly name: string;
  readonly space: SearchSpace;
  /** Value at params of the space; lower is better. Has no noise. */
  readonly evaluate: (params: Params) => number;
  /** Least value on the space. */
  readonly optimum: number;
}

/** A numeric param; throws a TypeError where it is absent or something else. */
export function numberOf(params: Params, name: string): number {
  const value = params[name];
  if (typeof value !== 'number') throw new TypeError(`${name} is ${JSON.stringify(value)}, not a number`);
  return value;
}
