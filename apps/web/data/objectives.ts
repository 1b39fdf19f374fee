import type { SearchView, TrialPointsView } from '@caviar/contracts';
import { useParam } from '../app/router.js';
import { formatMetric } from '../format/number.js';

type Spec = SearchView['spec'];
export type Objective = Spec['objective'];
export type Constraint = NonNullable<Spec['constraints']>[number];

/** All objectives of a search, the one that it ranks values by first. */
export function objectivesOf({ spec }: Pick<SearchView, 'spec'>): readonly Objective[] {
  return spec.objectives ?? [spec.objective];
}

export function constraintsOf({ spec }: Pick<SearchView, 'spec'>): readonly Constraint[] {
  return spec.constraints ?? [];
}

/** Metrics that decide where a trial stands: objectives, then what constraints bound. */
export function decidingMetrics(search: Pick<SearchView, 'spec'>): readonly string[] {
  return [...new Set([...objectivesOf(search), ...constraintsOf(search)].map(({ metric }) => metric))];
}

/** A constraint in the words of its bounds. */
export function boundsOf({ metric, min, max }: Constraint): string {
  const say = (bound: number) => formatMetric(metric, bound);
  if (min !== undefined && max !== undefined) return `${say(min)} to ${say(max)}`;
  return min === undefined ? `≤ ${say(max ?? 0)}` : `≥ ${say(min)}`;
}

/** Whether a value is within the bounds; null: it is not known. */
export function isWithin({ min, max }: Constraint, value: number | null | undefined): boolean | null {
  if (value === null || value === undefined) return null;
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

/** Metrics whose bounds are broken by what a trial measured. */
export function brokenBy(
  search: Pick<SearchView, 'spec'>,
  valueIn: (metric: string) => number | null | undefined,
): readonly string[] {
  return constraintsOf(search)
    .filter((constraint) => isWithin(constraint, valueIn(constraint.metric)) === false)
    .map(({ metric }) => metric);
}

/** The objective that is looked at, as the address says; the first if it says nothing. */
export function useObjective(search: SearchView): readonly [Objective, (metric: string) => void] {
  const [metric, setMetric] = useParam('objective', search.spec.objective.metric);
  const found = objectivesOf(search).find((objective) => objective.metric === metric);
  return [found ?? search.spec.objective, setMetric];
}

/** A search as if one of its objectives were the one that values are of: pictures of one value need to know no more. */
export function seenBy(search: SearchView, objective: Objective): SearchView {
  if (objective.metric === search.spec.objective.metric) return search;
  return { ...search, spec: { ...search.spec, objective } };
}

/** The same for its trials. */
export function pointsSeenBy(points: TrialPointsView, search: SearchView, { metric }: Objective): TrialPointsView {
  if (metric === search.spec.objective.metric) return points;
  return { ...points, value: points.metrics[metric] ?? points.value.map(() => null) };
}
