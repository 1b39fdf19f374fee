import type { Metrics, SearchSpec } from '@caviar/spec';
import { lowerIsBetter } from './direction.js';
import type { TrialRecord } from './history.js';
import { crowdingDistances, nonDominationRanks } from './pareto.js';

type Objectives = Pick<SearchSpec, 'objective' | 'objectives'>;

/** All objectives of a spec, the first one first. */
export function objectivesOf({ objective, objectives = [objective] }: Objectives) {
  return objectives;
}

/** Values of all objectives among metrics, as reported; null for none. */
export function valuesOf(spec: Objectives, metrics: Metrics): (number | null)[] {
  return objectivesOf(spec).map(({ metric }) => metrics[metric] ?? null);
}

/** Values turned so that lower is better; Infinity for none and for what is not finite. */
export function costsOf(spec: Objectives, values: readonly (number | null)[]): number[] {
  return objectivesOf(spec).map(
    ({ direction }, m) => lowerIsBetter(values[m] ?? null, direction) ?? Number.POSITIVE_INFINITY,
  );
}

/**
 * The history as samplers for one objective can go by it: of several objectives, a completed trial's value becomes its
 * place by non-domination rank, then by crowding distance, then by number (turned as the first objective is).
 */
export function withOneValue(spec: Objectives, history: readonly TrialRecord[]): readonly TrialRecord[] {
  if (spec.objectives === undefined) return history;
  const ranked = history.filter(({ status, values }) => status === 'completed' && values !== undefined);
  const costs = ranked.map(({ values }) => costsOf(spec, values!));
  const ranks = nonDominationRanks(costs);
  const crowding: number[] = new Array(ranked.length).fill(0);
  for (const rank of new Set(ranks)) {
    const members = ranks.flatMap((other, i) => (other === rank ? [i] : []));
    crowdingDistances(members.map((i) => costs[i]!)).forEach((distance, k) => {
      crowding[members[k]!] = distance;
    });
  }
  const order = ranked.map((_, i) => i);
  order.sort((a, b) => {
    if (ranks[a] !== ranks[b]) return ranks[a]! - ranks[b]!;
    if (crowding[a] !== crowding[b]) return crowding[b]! > crowding[a]! ? 1 : -1;
    return ranked[a]!.number - ranked[b]!.number;
  });
  const sign = spec.objective.direction === 'maximize' ? -1 : 1;
  const places = new Map(order.map((i, place) => [ranked[i]!.number, sign * place]));
  return history.map((trial) => ({ ...trial, value: places.get(trial.number) ?? null }));
}
