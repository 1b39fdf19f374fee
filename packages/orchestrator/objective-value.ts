import { keepsConstraints, lowerIsBetter, type TrialRecord, valuesOf } from '@caviar/search';
import type { Metrics, SearchSpec } from '@caviar/spec';
import type { StoredRecord } from './ports/trial-store.js';

type Goal = Pick<SearchSpec, 'objective' | 'objectives' | 'constraints'>;

/**
 * The (first) objective's value among metrics, as reported and as ranked: lower is better, null for none, for one that is
 * not finite, and for a trial that breaks a constraint: it ranks behind all that keep them.
 */
export function objectiveValue(spec: Goal | null, metrics: Metrics) {
  if (spec === null) return { value: null, rankKey: null };
  const value = metrics[spec.objective.metric] ?? null;
  const rankKey = keepsConstraints(spec, metrics) ? lowerIsBetter(value, spec.objective.direction) : null;
  return { value, rankKey };
}

/** A trial as samplers see it: one that breaks a constraint is infeasible to them. */
export function toTrialRecord(spec: Goal, { metrics, ...trial }: StoredRecord): TrialRecord {
  const isBroken = trial.status === 'completed' && !keepsConstraints(spec, metrics);
  const status = isBroken ? 'infeasible' : trial.status;
  return spec.objectives === undefined ? { ...trial, status } : { ...trial, status, values: valuesOf(spec, metrics) };
}
