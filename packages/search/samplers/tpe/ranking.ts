import { compareLearnt } from '../../history.js';
import { Heap } from './heap.js';
import { insertSorted } from './insert-sorted.js';
import type { Observation } from './observation.js';

/** Trials that can be among the best at all. */
export const MOST_BEST = 25;

/** Trials with a value in order, as far as the best go. */
export interface Ranking {
  add(observation: Observation): void;
  /** Takes out one that was added. */
  remove(observation: Observation): void;
  /** The best `count`, best first; at most 25. */
  best(count: number): readonly Observation[];
  /** All that its answers will follow from when none of those added is ever removed; null where that is more than a few. */
  lasting(): readonly Observation[] | null;
}

/** By value: adding and removing cost a logarithm of the number of trials. */
export class ValueRanking implements Ranking {
  readonly #best: Observation[] = [];
  /** All that are not among the best. */
  readonly #rest = new Heap<Observation>((a, b) => compareLearnt(a.learnt, b.learnt));
  /** Removed ones that are in the heap still: they are passed over when they come up. */
  readonly #gone = new Set<Observation>();

  add(observation: Observation): void {
    this.#rest.push(observation);
    // Most are not better than the best: of these only the top of the heap could matter, and it has not changed.
    const worst = this.#best.length < MOST_BEST ? undefined : this.#best.at(-1)!;
    if (worst === undefined || compareLearnt(observation.learnt, worst.learnt) < 0) this.#settle();
  }

  remove(observation: Observation): void {
    const place = this.#best.indexOf(observation);
    if (place >= 0) this.#best.splice(place, 1);
    else if (observation.learnt.extent !== 'useless') this.#gone.add(observation);
    this.#settle();
  }

  best(count: number): readonly Observation[] {
    return this.#best.slice(0, count);
  }

  lasting(): readonly Observation[] {
    return this.#best;
  }

  /** Keeps the best of all among the best. */
  #settle(): void {
    for (;;) {
      let next = this.#rest.peek();
      while (next !== undefined && this.#gone.delete(next)) {
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
}
