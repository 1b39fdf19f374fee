import { type StreamKey, uint32At } from '@caviar/numerics';
import { insertSorted } from './insert-sorted.js';
import type { Observation, StoredObservation } from './observation.js';
import type { Ranking } from './ranking.js';

/** Latest trials that are always among the others. */
const LATEST = 128;
/** Trials drawn from all, to stand for those before the latest. */
const DRAWN = 128;

/** A history in JSON, when each of its trials has come to its end: all that it will ever answer from. */
export interface GroupSummary {
  readonly finite: number;
  readonly learnt: number;
  /** The best trials, best first. */
  readonly best: readonly StoredObservation[];
  /** The highest numbers, and those with the lowest draws; with what there is to say of these trials, null for nothing. */
  readonly latest: readonly number[];
  readonly drawn: readonly number[];
  readonly records: readonly (readonly [number, StoredObservation | null])[];
}

/**
 * What is known of one group's parameters: the best trials in order, and of the others a bounded number that stands for
 * all. Observing costs a logarithm of the number of trials; reading does not depend on it.
 */
export class GroupHistory {
  readonly #key: StreamKey;
  readonly #ranking: Ranking;
  /** The present record of each trial; null for those that say nothing. */
  readonly #records = new Map<number, Observation | null>();
  /** The highest numbers, ascending. */
  readonly #latest: number[] = [];
  /** The trials with the lowest draws of a number each: a sample without replacement of all, whatever their order. */
  readonly #drawn: { readonly number: number; readonly draw: number }[] = [];
  #finite = 0;
  #learnt = 0;

  constructor(key: StreamKey, ranking: Ranking, summary?: GroupSummary) {
    this.#key = key;
    this.#ranking = ranking;
    if (summary === undefined) return;
    this.#finite = summary.finite;
    this.#learnt = summary.learnt;
    for (const [number, stored] of summary.records) this.#records.set(number, stored && restored(stored));
    for (const stored of summary.best) ranking.add(restored(stored));
    this.#latest.push(...summary.latest);
    this.#drawn.push(...summary.drawn.map((number) => ({ number, draw: uint32At(key, number) })));
  }

  /** Null where it cannot be said in few words. */
  summarize(): GroupSummary | null {
    const best = this.#ranking.lasting();
    if (best === null) return null;
    const drawn = this.#drawn.map(({ number }) => number);
    const numbers = [...new Set([...this.#latest, ...drawn])].sort((a, b) => a - b);
    const records = numbers.map((number) => [number, stored(this.#records.get(number) ?? null)] as const);
    return {
      finite: this.#finite,
      learnt: this.#learnt,
      best: best.map((one) => stored(one)!),
      latest: this.#latest.slice(),
      drawn,
      records,
    };
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
      this.#ranking.remove(former);
    }
    if (observation !== null) {
      this.#count(observation, 1);
      if (observation.learnt.extent !== 'useless') this.#ranking.add(observation);
    }
  }

  /** The best `count` trials with a value, best first; at most 25. */
  best(count: number): readonly Observation[] {
    return this.#ranking.best(count);
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

  #enlist(number: number): void {
    if (this.#latest.length < LATEST || number > this.#latest[0]!) {
      insertSorted(this.#latest, number, (a, b) => a - b);
      if (this.#latest.length > LATEST) this.#latest.shift();
    }
    const draw = uint32At(this.#key, number);
    if (this.#drawn.length === DRAWN && draw > this.#drawn.at(-1)!.draw) return;
    insertSorted(this.#drawn, { number, draw }, (a, b) => a.draw - b.draw || a.number - b.number);
    if (this.#drawn.length > DRAWN) this.#drawn.pop();
  }
}

function stored(observation: Observation | null): StoredObservation | null {
  return observation && { learnt: observation.learnt, at: [...observation.at] };
}

/** JSON has no Infinity: the cost of a trial without a value is null there. */
function restored({ learnt, at }: StoredObservation): Observation {
  return { learnt: { ...learnt, cost: learnt.cost ?? Number.POSITIVE_INFINITY }, at: Float64Array.from(at) };
}
