import type { SearchSpec } from '@caviar/spec';
import type { Arrival } from './scheduler.js';

/** The trials that came to one step. */
export interface AnyRung {
  readonly step: number;
  /** Trials that came here, those without a value included. */
  trials: number;
  promoted: number;
}

/** A trial at a rung. */
export interface RungPlace {
  readonly number: number;
  /** Among all that came, from 1. */
  readonly place: number;
  /** The front it lies on, from 1; null by value. */
  readonly front: number | null;
}

/** A way of keeping rungs: by one value, or by fronts. */
export interface RungKeeper<R extends AnyRung> {
  create(step: number): R;
  /** Takes note of a trial; `waits` when it can go on. One without a standing counts, and is behind all that have one. */
  enter(
    rung: R,
    eta: number,
    arrival: Pick<Arrival, 'number' | 'cost' | 'standing'> & { readonly waits: boolean },
  ): void;
  /** Takes the best waiting trial out if it is among those that may go on; null when it is not. */
  promote(rung: R, eta: number): Pick<RungPlace, 'number' | 'front'> | null;
  /** Takes the best waiting trial out, wherever it stands. */
  takeBest(rung: R): number | null;
  isAnyWaiting(rung: R): boolean;
  /** Takes all waiting trials out, best first. */
  clear(rung: R): RungPlace[];
  /** Cost of the worst that may go on; null while none may, and where there is no such cost. */
  cut(rung: R): number | null;
}

/** Whether trials of a search are told apart by one value, and by nothing else. */
export function hasOneValue({ objectives, constraints }: Pick<SearchSpec, 'objectives' | 'constraints'>): boolean {
  return objectives === undefined && constraints === undefined;
}

/** Trials of a rung that may go on. */
export function placesOf({ trials }: Pick<AnyRung, 'trials'>, eta: number): number {
  return Math.floor(trials / eta + 1e-9);
}

/** How trials of a search are told apart, in brackets behind a trial's place; empty where it is by one value. */
export function comparison(spec: Pick<SearchSpec, 'objectives' | 'constraints'>): (front: number | null) => string {
  if (hasOneValue(spec)) return () => '';
  const first = spec.constraints === undefined ? [] : ['those that keep the constraints first'];
  if (spec.objectives === undefined) return () => ` (${first.join()})`;
  const how = ['by domination', ...first].join(', ');
  return (front) => ` (${how}${front === null ? '' : `: front ${front}`})`;
}
