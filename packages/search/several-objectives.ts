import { type Metrics, objectivesOf, type SearchSpec } from '@caviar/spec';
import { violationOf } from './constraints.js';
import { lowerIsBetter } from './direction.js';
import type { Outcome } from './flow/commands.js';
import type { TrialRecord } from './history.js';
import { comparePlaces, placesAmong } from './standings.js';

type Objectives = Pick<SearchSpec, 'objective' | 'objectives'>;

/** Values of all objectives among metrics, as reported; null for none. */
export function valuesOf(spec: Objectives, metrics: Metrics): (number | null)[] {
  return objectivesOf(spec).map(({ metric }) => metrics[metric] ?? null);
}

/** What metrics come to for a search: what its samplers and its scheduler go by. */
export function outcomeAmong(spec: Objectives & Pick<SearchSpec, 'constraints'>, metrics: Metrics): Outcome {
  return {
    value: metrics[spec.objective.metric] ?? null,
    ...(spec.objectives !== undefined && { values: valuesOf(spec, metrics) }),
    ...(spec.constraints !== undefined && violationOf(spec, metrics)),
  };
}

/** Values turned so that lower is better; Infinity for none and for what is not finite. */
export function costsOf(spec: Objectives, values: readonly (number | null)[]): number[] {
  return objectivesOf(spec).map(
    ({ direction }, m) => lowerIsBetter(values[m] ?? null, direction) ?? Number.POSITIVE_INFINITY,
  );
}

/**
 * The history as samplers for one objective can go by it: of several objectives, a completed trial's value becomes its
 * place by non-domination rank, then by crowding distance, then by number (turned as the first objective is). Those that
 * break a constraint come after all that keep them.
 */
export function withOneValue(spec: Objectives, history: readonly TrialRecord[]): readonly TrialRecord[] {
  if (spec.objectives === undefined) return history;
  const ranked = history.filter(({ status, values }) => status === 'completed' && values !== undefined);
  const standings = ranked.map(({ values, violation = 0 }) => ({ tier: violation, costs: costsOf(spec, values!) }));
  const places = placesAmong(standings).map((place, i) => ({ ...place, number: ranked[i]!.number }));
  const sign = spec.objective.direction === 'maximize' ? -1 : 1;
  const valueByNumber = new Map(places.sort(comparePlaces).map(({ number }, place) => [number, sign * place]));
  return history.map((trial) => ({ ...trial, value: valueByNumber.get(trial.number) ?? null }));
}
