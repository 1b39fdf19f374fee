import { compareEntries, type Entry, type Heap, popHeap, pushHeap, worstFirst } from '../heap.js';
import { type AnyRung, placesOf, type RungKeeper } from './rung-keeper.js';

/**
 * The trials that came to one step, with the best 1 / eta of them always at hand. Every operation takes O(log n).
 *
 * `top` holds the best floor(n / eta), the worst of them first; `rest` the others, best first; `waiting` those that have
 * not gone on, best first.
 */
export interface Rung extends AnyRung {
  readonly top: Heap;
  readonly rest: Heap;
  readonly waiting: Heap;
}

/** Rungs by one value. */
export const valueRungs: RungKeeper<Rung> = {
  create: (step) => ({ step, trials: 0, promoted: 0, top: [], rest: [], waiting: [] }),
  enter: (rung, eta, { number, cost, waits }) => {
    rung.trials++;
    if (cost !== null) {
      const entry: Entry = [cost, number];
      const worst = rung.top[0];
      if (worst !== undefined && compareEntries(entry, worst) < 0) {
        pushHeap(rung.top, entry, worstFirst);
        pushHeap(rung.rest, popHeap(rung.top, worstFirst)!);
      } else pushHeap(rung.rest, entry);
      if (waits) pushHeap(rung.waiting, entry);
    }
    while (rung.top.length < placesOf(rung, eta) && rung.rest.length > 0) {
      pushHeap(rung.top, popHeap(rung.rest)!, worstFirst);
    }
  },
  promote: (rung) => {
    const best = rung.waiting[0];
    const worst = rung.top[0];
    // All that are better than the best waiting one have gone on: if it is not among the best, none is.
    if (best === undefined || worst === undefined || compareEntries(best, worst) > 0) return null;
    return { number: takeBest(rung)!, front: null };
  },
  takeBest,
  isAnyWaiting: ({ waiting }) => waiting.length > 0,
  clear: (rung) => {
    const waiting = new Set(rung.waiting.map(([, number]) => number));
    rung.waiting.length = 0;
    const all = [...rung.top, ...rung.rest].sort(compareEntries);
    return all.flatMap(([, number], i) => (waiting.has(number) ? [{ number, place: i + 1, front: null }] : []));
  },
  cut: ({ top }) => top[0]?.[0] ?? null,
};

function takeBest(rung: Rung): number | null {
  const best = popHeap(rung.waiting);
  if (best === undefined) return null;
  rung.promoted++;
  return best[1];
}
