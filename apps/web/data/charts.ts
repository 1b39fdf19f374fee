import type { SearchView, TrialPointsView } from '@caviar/contracts';
import { brokenBy, decidingMetrics } from './objectives.js';
import { api } from './session.js';
import { type Loaded, useLoad } from './use-load.js';

/** Metrics whose gap tells bias from variance. */
const ERRORS = ['train.error', 'dev.error', 'train.rmse', 'dev.rmse'];

export interface ChartSource {
  readonly search: SearchView;
  readonly tick: number;
}

/** Trials that are drawn: more would hide each other. */
const MOST_POINTS = 1_000;
/** Between two drawings of so many. */
const REST_MS = 3_000;

/** Least time between two drawings of a search: with few trials each is worth one, with many none changes the picture. */
export function restOf({ progress: { total } }: SearchView): number {
  return total > MOST_POINTS / 2 ? REST_MS : 0;
}

/** The trials of a search as columns; a sample of them where there are many. */
export function usePoints({ search, tick }: ChartSource): Loaded<TrialPointsView> {
  const { id, spec } = search;
  const metrics = [...new Set([...(spec.trainer.kind === 'mlp' ? ERRORS : []), ...decidingMetrics(spec)])];
  return useLoad(`points ${id}`, (signal) => api().trialPoints(id, { metrics, limit: MOST_POINTS, signal }), {
    tick,
    restMs: restOf(search),
    isVersioned: search.status !== 'running',
  });
}

/** One trial of the columns. */
export interface Point {
  readonly index: number;
  readonly id: string;
  readonly number: number;
  readonly status: string;
  readonly value: number;
  /** It breaks a constraint. */
  readonly isBroken: boolean;
}

/** The trials that have a value. */
export function valuedPoints(
  { id, number, status, value, metrics }: TrialPointsView,
  spec: SearchView['spec'],
): Point[] {
  return number.flatMap((at, index) => {
    const found = value[index];
    const state = status[index] ?? 'queued';
    if (typeof found !== 'number' || state === 'running' || state === 'queued') return [];
    const isBroken = brokenBy(spec, (metric) => metrics[metric]?.[index]).length > 0;
    return [{ index, id: id[index] ?? '', number: at, status: state, value: found, isBroken }];
  });
}

/** A range of values that outliers do not stretch: from the best to where nine in ten lie. */
export function colourRange(values: readonly number[], direction: 'minimize' | 'maximize'): readonly [number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [low, high] = direction === 'minimize' ? [at(0), at(0.8)] : [at(0.2), at(1)];
  return low === high ? [low, low + 1] : [low, high];
}
