import type { SearchView, TrialPointsView } from '@caviar/contracts';
import { useMemo } from 'react';
import { useParam } from '../app/router.js';
import { formatMetric } from '../format/number.js';

type Spec = SearchView['spec'];
export type Objective = Spec['objective'];
export type Constraint = NonNullable<Spec['constraints']>[number];

/** All objectives of a spec, the one that a search ranks values by first. */
export function objectivesOf({ objective, objectives }: Spec): readonly Objective[] {
  return objectives ?? [objective];
}

export function constraintsOf({ constraints }: Spec): readonly Constraint[] {
  return constraints ?? [];
}

/** Metrics that decide where a trial stands: objectives, then what constraints bound. */
export function decidingMetrics(spec: Spec): readonly string[] {
  return [...new Set([...objectivesOf(spec), ...constraintsOf(spec)].map(({ metric }) => metric))];
}

/** A constraint in the words of its bounds. */
export function boundsOf({ metric, min, max }: Constraint): string {
  const say = (bound: number) => formatMetric(metric, bound);
  if (min !== undefined && max !== undefined) return `${say(min)} to ${say(max)}`;
  return min === undefined ? `≤ ${say(max ?? 0)}` : `≥ ${say(min)}`;
}

/** Metrics whose bounds are broken by what a trial measured. */
export function brokenBy(spec: Spec, valueIn: (metric: string) => number | null | undefined): readonly string[] {
  return constraintsOf(spec).flatMap(({ metric, min, max }) => {
    const value = valueIn(metric);
    if (value === null || value === undefined) return [];
    return (min !== undefined && value < min) || (max !== undefined && value > max) ? [metric] : [];
  });
}

/** The objective that is looked at, as the address says; the first if it says nothing. */
export function useObjective({ spec }: SearchView): readonly [Objective, (metric: string) => void] {
  const [metric, setMetric] = useParam('objective', spec.objective.metric);
  const found = objectivesOf(spec).find((objective) => objective.metric === metric);
  return [found ?? spec.objective, setMetric];
}

/** A search as if the objective that is looked at were the one that values are of: pictures of one value need to know no more. */
export function useSeenSearch(search: SearchView, objective: Objective): SearchView {
  const { spec } = search;
  const seen = useMemo(
    () => (objective.metric === spec.objective.metric ? spec : { ...spec, objective }),
    [spec, objective],
  );
  return seen === spec ? search : { ...search, spec: seen };
}

/** The same for its trials. */
export function useSeenPoints<Points extends TrialPointsView | undefined>(
  points: Points,
  { spec }: SearchView,
  { metric }: Objective,
): Points {
  const first = spec.objective.metric;
  return useMemo(
    () =>
      points === undefined || metric === first
        ? points
        : { ...points, value: points.metrics[metric] ?? points.value.map(() => null) },
    [points, metric, first],
  );
}
