import { type StreamKey, uint32At } from '@caviar/numerics';
import { compareLearnt, type LearntTrial } from '../../history.js';
import { Heap } from './heap.js';

/** An outcome in a group's coordinates. */
export interface Observation {
  readonly learnt: LearntTrial;
  readonly at: Float64Array;
}

/** Trials kept in order of rank. */
const MOST_BEST = 25;
/** Latest trials that are always among the others. */
const LATEST = 128;
/** Trials drawn from all, to stand for those before the latest. */
const DRAWN = 128;

/**
 * What is known of one group's parameters: the best trials in order, and of the others a bounded number that stands for
 * all. Observing costs a logarithm of the number of trials; reading does not depend on it.
 */
export class GroupHistory {
  readonly #key: StreamKey;
  /** The present record of each trial; null for those that say nothing. */
  readonly #records = new Map<number, Observation | null>();
  readonly #best: Observation[] = [];
  /** All that are not among the best; records that have been replaced since are passed over when they come up. */
  readonly #rest = new Heap<Observation>((a, b) => compareLearnt(a.learnt, b.learnt));
  /** The highest numbers, ascending. */
  readonly #latest: number[] = [];
  /** The trials with the lowest draws of a number each: a sample without replacement of all, whatever their order. */
  readonly #drawn: { readonly number: number; readonly draw: number }[] = [];
  #finite = 0;
  #learnt = 0;

  constructor(key: StreamKey) {
    this.#key = key;
  }

  /** Trials with a value. */
  get finite(): number {
    return this.#finite;
  }

  /** Takes the record of a trial, in the place of an earlier one; null for one that says nothing. */
  set(number: number, observation: Observation | null): void {
    const former = this.#records.get(number);
    this.#records.set(number, observation);
    if (former === undefined) this.#enlist(number);
    else if (former !== null) {
      this.#count(former, -1);
      const place = this.#best.indexOf(former);
      if (place >= 0) this.#best.splice(place, 1);
    }
    if (observation !== null) {
      this.#count(observation, 1);
      if (observation.learnt.extent !== 'useless') this.#rest.push(observation);
    }
    this.#settle();
  }

  /** The best `count` trials with a value, best first; at most 25. */
  best(count: number): readonly Observation[] {
    return this.#best.slice(0, count);
  }

  /**
   * The trials other than the best: all of them while they are few, later the latest and a sample of those before.
   * `weight` is the number of trials that each one stands for.
   */
  others(best: readonly Observation[]): { readonly at: Float64Array; readonly weight: number }[] {
    const without = new Set(best.map(({ learnt }) => learnt.number));
    const present = (number: number) => (without.has(number) ? null : (this.#records.get(number) ?? null));
    const latest = this.#latest.flatMap((number) => present(number) ?? []);
    const firstLatest = this.#latest[0] ?? 0;
    const earlier = this.#drawn.flatMap(({ number }) => (number < firstLatest ? (present(number) ?? []) : []));
    const unseen = this.#learnt - best.length - latest.length;
    const weight = Math.max(1, unseen / Math.max(1, earlier.length));
    return [...earlier.map(({ at }) => ({ at, weight })), ...latest.map(({ at }) => ({ at, weight: 1 }))];
  }

  /** Whether a trial has been observed. */
  has(number: number): boolean {
    return this.#records.has(number);
  }

  #count({ learnt }: Observation, by: number): void {
    this.#learnt += by;
    if (learnt.extent !== 'useless') this.#finite += by;
  }

  /** Keeps the best of all among the best. */
  #settle(): void {
    for (;;) {
      let next = this.#rest.peek();
      while (next !== undefined && this.#records.get(next.learnt.number) !== next) {
        this.#rest.pop();
        next = this.#rest.peek();
      }
      if (next === undefined) return;
      const worst = this.#best.length < MOST_BEST ? undefined : this.#best.at(-1)!;
      if (worst !== undefined && compareLearnt(worst.learnt, next.learnt) <= 0) return;
      this.#rest.pop();
      if (worst !== undefined) this.#rest.push(this.#best.pop()!);
      insertSorted(this.#best, next, (a, b) => compareLearnt(a.learnt, b.learnt));
    }
  }

  #enlist(number: number): void {
    insertSorted(this.#latest, number, (a, b) => a - b);
    if (this.#latest.length > LATEST) this.#latest.shift();
    insertSorted(
      this.#drawn,
      { number, draw: uint32At(this.#key, number) },
      (a, b) => a.draw - b.draw || a.number - b.number,
    );
    if (this.#drawn.length > DRAWN) this.#drawn.pop();
  }
}

/** Inserts into an array in ascending order. */
function insertSorted<T>(sorted: T[], item: T, compare: (a: T, b: T) => number): void {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(sorted[middle]!, item) < 0) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, item);
}
