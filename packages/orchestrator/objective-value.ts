import { lowerIsBetter } from '@caviar/search';
import type { Metrics, Objective } from '@caviar/spec';

/** The objective's value among metrics, as reported and as ranked: lower is better, null for none or one not finite. */
export function objectiveValue(objective: Objective | undefined, metrics: Metrics) {
  if (objective === undefined) return { value: null, rankKey: null };
  const value = metrics[objective.metric] ?? null;
  return { value, rankKey: lowerIsBetter(value, objective.direction) };
}
