import {
  hasOneValue,
  keepsConstraints,
  lowerIsBetter,
  type Outcome,
  outcomeAmong,
  type TrialRecord,
  valuesOf,
  violationOf,
} from '@caviar/search';
import { type FinalTrialStatus, isFinal, type Metrics, objectivesOf, type SearchSpec } from '@caviar/spec';
import type { RungEntry } from './ports/rung-store.js';
import type { StoredRecord } from './ports/trial-store.js';

type Goal = Pick<SearchSpec, 'objective' | 'objectives' | 'constraints'>;

/**
 * The (first) objective's value among metrics, as reported and as ranked: lower is better, null where an objective has no finite
 * value, and for a trial that breaks a constraint: it ranks behind all that keep them, by how much it breaks them.
 */
export function objectiveValue(spec: Goal | null, metrics: Metrics) {
  if (spec === null) return { value: null, rankKey: null, violation: null };
  const value = metrics[spec.objective.metric] ?? null;
  const keeps = keepsConstraints(spec, metrics);
  const isWhole = valuesOf(spec, metrics).every((one) => one !== null);
  const rankKey = keeps && isWhole ? lowerIsBetter(value, spec.objective.direction) : null;
  return { value, rankKey, violation: keeps ? null : violationOf(spec, metrics).violation };
}

/**
 * The same of a trial that has ended. An infeasible one has no value, whatever it measured on the way: it came to nothing, and
 * must not stand before trials that did. Of a cancelled one the value is shown, and counts for nothing.
 */
export function valueAtEnd(spec: Goal | null, status: FinalTrialStatus, metrics: Metrics) {
  const told = objectiveValue(spec, metrics);
  if (status === 'completed' || status === 'pruned') return told;
  return { value: status === 'infeasible' ? null : told.value, rankKey: null, violation: null };
}

export interface Ended<Status> {
  readonly status: Status;
  readonly reason: string | null;
}

/** What a trial that has ended is by the metrics that it ended with: see `judgedByObjectives`. */
export function asItEnded<Status extends FinalTrialStatus>(
  spec: Goal | null,
  ending: Ended<Status> & { readonly metrics: Metrics },
): Ended<Status | 'infeasible'> {
  return judgedByObjectives(spec === null ? [] : objectivesOf(spec).map(({ metric }) => metric), ending);
}

/** A completed trial with an objective that is not finite is an infeasible one: an outcome that samplers learn from. */
export function judgedByObjectives<Status extends FinalTrialStatus>(
  objectives: readonly string[],
  { status, metrics, reason }: Ended<Status> & { readonly metrics: Metrics },
): Ended<Status | 'infeasible'> {
  const wrong = objectives.find((metric) => (metrics[metric] ?? null) === null);
  if (status !== 'completed' || wrong === undefined) return { status, reason };
  return { status: 'infeasible', reason: reason ?? `${wrong} is not finite` };
}

/** Whether samplers see more of a trial than its value. */
export function needsMetrics(spec: Goal): boolean {
  return !hasOneValue(spec);
}

/** A trial as samplers see it. */
export function toTrialRecord(spec: Goal, { metrics, editedFrom, ...trial }: StoredRecord): TrialRecord {
  return asProposed({ ...trial, ...outcomeAmong(spec, metrics), value: trial.value }, editedFrom);
}

/**
 * A trial whose params were changed by hand has been tried without a result, for its value is not that of the params it was
 * proposed with.
 */
export function asProposed(trial: TrialRecord, editedFrom: number | null): TrialRecord {
  const { number, params, status, step = 0 } = trial;
  if (!isFinal(status) || editedFrom === null || editedFrom >= step) return trial;
  return { number, params, step, status: 'cancelled', value: null };
}

/** What is kept of metrics at a step at which a scheduler has a trial stop: the value where it is all that counts. */
export function toRungEntry(spec: Goal | null, metrics: Metrics): RungEntry {
  if (spec === null) return null;
  if (hasOneValue(spec)) return metrics[spec.objective.metric] ?? null;
  const names = [...objectivesOf(spec), ...(spec.constraints ?? [])].map(({ metric }) => metric);
  return Object.fromEntries(names.map((name) => [name, metrics[name] ?? null]));
}

/** What a rung entry says. */
export function outcomeOfRung(spec: Goal, entry: RungEntry): Outcome {
  return entry === null || typeof entry === 'number' ? { value: entry } : outcomeAmong(spec, entry);
}
