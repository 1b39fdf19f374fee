import type { Params, ParamValue } from '@caviar/spec';
import { sameParamValue } from '@caviar/spec';
import type { CompiledSpace } from '../../space/compile-space.js';
import type { UnitDomain } from '../../space/domain.js';

/** One axis of a group: a range on [0, 1], or the index of a choice. */
export type Axis =
  | { readonly kind: 'range'; readonly unit: UnitDomain }
  | { readonly kind: 'choice'; readonly choices: readonly ParamValue[] };

/** Parameters that are active together. Those with a single value are left out: there is nothing to learn. */
export interface Group {
  /** Tells groups apart, whatever the order of keys. */
  readonly key: string;
  /** Indices into `CompiledSpace.parameters`, by name; at least one. */
  readonly parameters: readonly number[];
  readonly names: readonly string[];
  readonly axes: readonly Axis[];
  /** Indices of the axes that decide which other parameters are active. */
  readonly gates: readonly number[];
}

/**
 * The parameters of a space by condition: a trial says something about a group only where it has it.
 */
export function groupParameters({ parameters }: CompiledSpace): Group[] {
  const parents = new Set(parameters.flatMap(({ conditions }) => conditions.map(({ parent }) => parent)));
  const members = new Map<string, number[]>();
  const byName = parameters.map((_, i) => i).sort((a, b) => (parameters[a]!.name < parameters[b]!.name ? -1 : 1));
  for (const i of byName) {
    const { unit, conditions } = parameters[i]!;
    if (unit.count === 1) continue;
    const clauses = conditions.map(({ parent, values }) =>
      JSON.stringify([parameters[parent]!.name, values.map((value) => JSON.stringify(value)).sort()]),
    );
    const key = clauses.sort().join();
    members.set(key, [...(members.get(key) ?? []), i]);
  }
  return [...members].map(([key, indices]) => ({
    key,
    parameters: indices,
    names: indices.map((i) => parameters[i]!.name),
    gates: indices.flatMap((i, j) => (parents.has(i) ? [j] : [])),
    axes: indices.map((i): Axis => {
      const { domain, unit } = parameters[i]!;
      return domain.kind === 'categorical' ? { kind: 'choice', choices: domain.choices } : { kind: 'range', unit };
    }),
  }));
}

/** Coordinates of params on the axes of a group; null where they lack one of them, or have a value outside its domain. */
export function coordinatesOf({ names, axes }: Group, params: Params): Float64Array | null {
  const at = new Float64Array(axes.length);
  for (let j = 0; j < axes.length; j++) {
    const name = names[j]!;
    const axis = axes[j]!;
    if (!Object.hasOwn(params, name)) return null;
    const value = params[name]!;
    if (axis.kind === 'choice') {
      const index = axis.choices.findIndex((choice) => sameParamValue(choice, value));
      if (index < 0) return null;
      at[j] = index;
    } else {
      if (!axis.unit.contains(value)) return null;
      at[j] = axis.unit.toUnit(value);
    }
  }
  return at;
}
