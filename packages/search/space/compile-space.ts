import { type Domain, type Params, type ParamValue, type SearchSpace, sameParamValue } from '@caviar/spec';
import { type UnitDomain, unitDomain } from './domain.js';

/** One condition of a parameter: the parent is one of these values. */
export interface Condition {
  /** Index into `CompiledSpace.parameters`. */
  readonly parent: number;
  readonly values: readonly ParamValue[];
}

export interface CompiledParameter {
  readonly name: string;
  readonly domain: Domain;
  readonly unit: UnitDomain;
  /** All must hold for the parameter to be active, its parents' own conditions included; empty = always active. */
  readonly conditions: readonly Condition[];
}

/** A search space made ready for drawing. */
export interface CompiledSpace {
  readonly space: SearchSpace;
  /** In the order of the spec. */
  readonly parameters: readonly CompiledParameter[];
  /**
   * The parameters' indices, parents before children and otherwise by name: it does not depend on the order of the keys,
   * which a store may not keep.
   */
  readonly order: readonly number[];
  readonly conditional: boolean;
}

/** Makes a space ready for drawing. The space must be valid (`spaceSchema`). */
export function compileSpace(space: SearchSpace): CompiledSpace {
  const names = Object.keys(space);
  const indexOf = new Map(names.map((name, i) => [name, i]));
  const parameters = names.map((name): CompiledParameter => {
    const domain = space[name]!;
    const conditions = Object.entries(domain.when ?? {}).map(([parent, values]) => {
      const index = indexOf.get(parent);
      if (index === undefined) throw new RangeError(`"${name}" depends on "${parent}", which the space does not have`);
      return { parent: index, values };
    });
    return { name, domain, unit: unitDomain(domain), conditions };
  });
  return {
    space,
    parameters,
    order: parentsFirst(parameters),
    conditional: parameters.some(({ conditions }) => conditions.length > 0),
  };
}

/** Whether a parameter is active given the values of the others by index (undefined = inactive). */
export function isActive(parameter: CompiledParameter, values: readonly (ParamValue | undefined)[]): boolean {
  const { conditions } = parameter;
  if (conditions.length === 0) return true;
  return conditions.every(({ parent, values: allowed }) => {
    const value = values[parent];
    return value !== undefined && allowed.some((one) => sameParamValue(one, value));
  });
}

/** The params that `choose` gives (asked for active parameters only); inactive ones are absent, keys in spec order. */
export function assemble(space: CompiledSpace, choose: (index: number) => ParamValue): Params {
  const { parameters } = space;
  const params: Record<string, ParamValue> = {};
  if (!space.conditional) {
    for (let i = 0; i < parameters.length; i++) params[parameters[i]!.name] = choose(i);
    return params;
  }
  const values: (ParamValue | undefined)[] = new Array(parameters.length).fill(undefined);
  for (const i of space.order) {
    if (isActive(parameters[i]!, values)) values[i] = choose(i);
  }
  values.forEach((value, i) => {
    if (value !== undefined) params[parameters[i]!.name] = value;
  });
  return params;
}

/** Depth first, so that a child follows close behind its last parent (the grid's counting relies on that for speed). */
function parentsFirst(parameters: readonly CompiledParameter[]): number[] {
  const byName = parameters.map((_, i) => i).sort((a, b) => (parameters[a]!.name < parameters[b]!.name ? -1 : 1));
  const childrenOf = parameters.map((_, parent) =>
    byName.filter((i) => parameters[i]!.conditions.some((condition) => condition.parent === parent)),
  );
  const waitingFor = parameters.map(({ conditions }) => conditions.length);
  const order: number[] = [];
  const visit = (i: number): void => {
    order.push(i);
    for (const child of childrenOf[i]!) {
      waitingFor[child]!--;
      if (waitingFor[child] === 0) visit(child);
    }
  };
  for (const i of byName) {
    if (parameters[i]!.conditions.length === 0) visit(i);
  }
  if (order.length !== parameters.length) throw new RangeError('the conditions of the space form a circle');
  return order;
}
