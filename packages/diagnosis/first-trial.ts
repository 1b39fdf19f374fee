import { stepGrid } from '@caviar/numerics';
import { type Domain, findTrainer, type Params, type ParamValue, sameParamValue } from '@caviar/spec';

/** Of fewer trials none is spent on what is known. */
const FEWEST_TRIALS = 4;

/**
 * The best network so far as a point of the next space: tried first, it keeps a few trials of something new from being all there is, and
 * shows what the new comes to beside it. A parameter that was neither searched nor fixed has its default, or as near to it as the new
 * range goes. Null where the space has no room for it, where it makes no sense there, and where there are too few trials to spend one.
 */
export function firstTrial({
  space,
  best,
  fixed,
  params,
  maxTrials,
}: {
  readonly space: Readonly<Record<string, Domain>>;
  /** Searched before. */
  readonly best: Params;
  /** Fixed before. */
  readonly fixed: Params;
  /** Fixed now. */
  readonly params: Params;
  readonly maxTrials: number | undefined;
}): Params | null {
  if (maxTrials !== undefined && maxTrials < FEWEST_TRIALS) return null;
  const trainer = findTrainer('mlp');
  const defaults = new Map(trainer?.parameters.map((parameter) => [parameter.name, parameter.default]));
  const point: Record<string, ParamValue> = {};
  // Parents before what hangs on them: the conditions form no circle.
  const pending = new Set(Object.keys(space));
  while (pending.size > 0) {
    for (const name of pending) {
      const domain = space[name]!;
      const parents = Object.keys(domain.when ?? {});
      if (parents.some((parent) => pending.has(parent))) continue;
      pending.delete(name);
      if (!isActive(domain, point)) continue;
      const value = nearest(domain, best[name] ?? fixed[name] ?? defaults.get(name) ?? null);
      if (value === null) return null;
      point[name] = value;
    }
  }
  const conflicts = trainer?.conflicts?.({ ...params, ...point }, new Set()) ?? [];
  return conflicts.length > 0 ? null : point;
}

function isActive({ when = {} }: Domain, point: Params): boolean {
  return Object.entries(when).every(([parent, values]) => {
    const value = point[parent];
    return value !== undefined && values.some((one) => sameParamValue(one, value));
  });
}

function nearest(domain: Domain, value: ParamValue): ParamValue | null {
  if (domain.kind === 'categorical') return domain.choices.find((choice) => sameParamValue(choice, value)) ?? null;
  if (typeof value !== 'number') return null;
  const { min, max, step } = domain;
  if (value >= min && value <= max) return step === undefined || isOnStep(value, { min, max, step }) ? value : null;
  return value < min || step === undefined ? Math.min(Math.max(value, min), max) : null;
}

/** One that is not quite there is not worth the risk. */
function isOnStep(
  value: number,
  { min, max, step }: { readonly min: number; readonly max: number; readonly step: number },
): boolean {
  const grid = stepGrid(min, max, step);
  return grid.at(grid.nearest(value)) === value;
}
