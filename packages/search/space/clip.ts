import { stepGrid } from '@caviar/numerics';
import { type Domain, type SearchSpace, sameParamValue, type When } from '@caviar/spec';
import { compileSpace } from './compile-space.js';
import { unitDomain } from './domain.js';

export interface ClippedRegion {
  readonly region: SearchSpace;
  /** Parameters of which nothing of the region was left, so that their whole domain took its place. */
  readonly replaced: readonly string[];
}

/**
 * A region cut to the bounds of a space that may have changed since. A region within the space comes back as it was; new
 * parameters come in with their whole domain, parameters that are gone or can no longer be active are left out.
 */
export function clipRegion(region: SearchSpace, space: SearchSpace): ClippedRegion {
  const clipped: Record<string, Domain> = {};
  const replaced: string[] = [];
  for (const [name, domain] of Object.entries(space)) {
    const former = Object.hasOwn(region, name) ? region[name] : undefined;
    const part = former === undefined ? domain : clipDomain(former, domain);
    if (part === undefined) replaced.push(name);
    clipped[name] = part ?? domain;
  }
  return { region: withoutImpossible(clipped), replaced };
}

/** The part of the region that the domain has too, as a domain; undefined when there is none. */
function clipDomain(region: Domain, domain: Domain): Domain | undefined {
  if (domain.kind === 'categorical') {
    if (region.kind !== 'categorical') return undefined;
    const choices = domain.choices.filter((choice) => region.choices.some((one) => sameParamValue(one, choice)));
    return choices.length > 0 ? { ...domain, choices } : undefined;
  }
  if (region.kind === 'categorical') return undefined;
  const min = Math.max(region.min, domain.min);
  const max = Math.min(region.max, domain.max);
  if (min > max) return undefined;
  if (domain.kind === 'float' && domain.step === undefined) return { ...domain, min, max };
  const grid = stepGrid(domain.min, domain.max, domain.step ?? 1);
  let first = grid.nearest(min);
  let last = grid.nearest(max);
  if (grid.at(first) < min) first++;
  if (grid.at(last) > max) last--;
  return first <= last ? { ...domain, min: grid.at(first), max: grid.at(last) } : undefined;
}

/**
 * The space with conditions cut to the values that the parents can still take, and without the parameters that can then
 * never be active, so that it is a valid space.
 */
export function withoutImpossible(space: SearchSpace): SearchSpace {
  const kept = new Map<string, Domain>();
  const { order, parameters } = compileSpace(space);
  for (const index of order) {
    const { name, domain } = parameters[index]!;
    const possible = domain.when === undefined ? domain : withPossibleConditions(domain, domain.when, kept);
    if (possible !== undefined) kept.set(name, possible);
  }
  return Object.fromEntries(
    Object.keys(space).flatMap((name) => (kept.has(name) ? [[name, kept.get(name)!] as const] : [])),
  );
}

function withPossibleConditions(domain: Domain, when: When, kept: ReadonlyMap<string, Domain>): Domain | undefined {
  const possible: Record<string, When[string]> = {};
  for (const [parent, values] of Object.entries(when)) {
    const parentDomain = kept.get(parent);
    if (parentDomain === undefined) return undefined;
    const { contains } = unitDomain(parentDomain);
    const left = values.filter((value) => contains(value));
    if (left.length === 0) return undefined;
    possible[parent] = left;
  }
  return { ...domain, when: possible };
}
