import { keepsConstraints, lowerIsBetter, type TrialRecord, valuesOf } from '@caviar/search';
import { isFinal, type Metrics, type SearchSpec } from '@caviar/spec';
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

/**
 * A trial as samplers see it: one that breaks a constraint is infeasible to them, and one whose params were changed by hand has
 * been tried without a result, for its value is not that of the params it was proposed with.
 */
export function toTrialRecord(spec: Goal, { metrics, editedFrom, ...trial }: StoredRecord): TrialRecord {
  const { number, params, step } = trial;
  if (isFinal(trial.status) && editedFrom !== null && editedFrom < step) {
    return { number, params, step, status: 'cancelled', value: null };
  }
  const isBroken = trial.status === 'completed' && !keepsConstraints(spec, metrics);
  const status = isBroken ? 'infeasible' : trial.status;
  return spec.objectives === undefined ? { ...trial, status } : { ...trial, status, values: valuesOf(spec, metrics) };
}
