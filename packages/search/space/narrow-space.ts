import type { Domain, Params, ParamValue, SearchSpace } from '@caviar/spec';
import { withoutImpossible } from './clip.js';
import { unitDomain } from './domain.js';
import { zoomDomain } from './zoom.js';

export interface NarrowedSpace {
  readonly space: SearchSpace;
  /** Values that no range of their domain can hold, such as 0 on the scale log: they are no longer searched. */
  readonly fixed: Params;
}

/**
 * A space around one point: each range a window of `width` of it, on its own scale, moved to lie within its bounds; each choice as
 * the point has it. A value outside its domain (somebody has changed it by hand) widens the domain up to itself. Parameters that
 * the point does not have stay whole where the narrowed ones can still make them active, and go otherwise.
 */
export function narrowSpace(space: SearchSpace, point: Params, width: number): NarrowedSpace {
  const open: Record<string, Domain> = {};
  const fixed: Record<string, ParamValue> = {};
  for (const [name, domain] of Object.entries(space)) {
    const value = point[name];
    const holding = value === undefined ? domain : domainWith(domain, value);
    if (holding === null) fixed[name] = value!;
    else open[name] = holding;
  }
  const free = withoutFixed(open, fixed, point);
  const narrowed = Object.entries(free).map(([name, domain]) => {
    const value = point[name];
    return [
      name,
      value === undefined ? domain : zoomDomain({ domain, region: domain, top: [value], factor: width }),
    ] as const;
  });
  // Where nothing but choices is searched, there would be nothing left to search.
  const isPoint = narrowed.every(([, domain]) => unitDomain(domain).count === 1);
  return { space: withoutImpossible(isPoint ? free : Object.fromEntries(narrowed)), fixed };
}

/** The domain, widened to hold the value if need be; null when none of its kind and scale can. */
function domainWith(domain: Domain, value: ParamValue): Domain | null {
  if (unitDomain(domain).contains(value)) return domain;
  if (domain.kind === 'categorical') return { ...domain, choices: [...domain.choices, value] };
  if (typeof value !== 'number') return null;
  if (domain.kind === 'int' && !Number.isInteger(value)) return null;
  if (domain.scale === 'log' && value <= 0) return null;
  if (domain.scale === 'oneMinusLog' && value >= 1) return null;
  // Off its grid, or beyond where that begins.
  const { step: _, ...range } = domain;
  return { ...range, min: Math.min(domain.min, value), max: Math.max(domain.max, value) } as Domain;
}

/** Without conditions on what is fixed: they hold for what the point has, and never for the rest. */
function withoutFixed(space: SearchSpace, fixed: Params, point: Params): Record<string, Domain> {
  return Object.fromEntries(
    Object.entries(space).flatMap(([name, domain]) => {
      const { when = {}, ...rest } = domain;
      const left = Object.entries(when).filter(([parent]) => !Object.hasOwn(fixed, parent));
      if (left.length === Object.keys(when).length) return [[name, domain]];
      if (!Object.hasOwn(point, name)) return [];
      return [[name, (left.length === 0 ? rest : { ...rest, when: Object.fromEntries(left) }) as Domain]];
    }),
  );
}
