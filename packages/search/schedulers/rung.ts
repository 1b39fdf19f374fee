import { compareEntries, type Entry, type Heap, popHeap, pushHeap, worstFirst } from '../heap.js';

/**
 * The trials that came to one step, with the best 1 / eta of them always at hand. Every operation takes O(log n).
 *
 * `top` holds the best floor(n / eta), the worst of them first; `rest` the others, best first; `waiting` those that have
 * not gone on, best first.
 */
export interface Rung {
  readonly step: number;
  /** Trials that came here, those without a value included: n above. */
  trials: number;
  promoted: number;
  readonly top: Heap;
  readonly rest: Heap;
  readonly waiting: Heap;
}

export function newRung(step: number): Rung {
  return { step, trials: 0, promoted: 0, top: [], rest: [], waiting: [] };
}

/** Takes note of a trial; `waits` when it can go on. One without a value counts, and is behind all that have one. */
export function enterRung(
  rung: Rung,
  eta: number,
  { number, cost, waits }: { readonly number: number; readonly cost: number | null; readonly waits: boolean },
): void {
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
}

/** Trials of a rung that may go on. */
export function placesOf(rung: Rung, eta: number): number {
  return Math.floor(rung.trials / eta + 1e-9);
}

/** Takes the best waiting trial out if it is among those that may go on; null when it is not. */
export function promoteFrom(rung: Rung): Entry | null {
  const best = rung.waiting[0];
  const worst = rung.top[0];
  // All that are better than the best waiting one have gone on: if it is not among the best, none is.
  if (best === undefined || worst === undefined || compareEntries(best, worst) > 0) return null;
  return takeBest(rung);
}

/** Takes the best waiting trial out, wherever it stands. */
export function takeBest(rung: Rung): Entry | null {
  const best = popHeap(rung.waiting);
  if (best === undefined) return null;
  rung.promoted++;
  return best;
}

/** Takes all waiting trials out, best first, each with its place among all that came (from 1). */
export function clearWaiting(rung: Rung): { readonly number: number; readonly place: number }[] {
  const waiting = new Set(rung.waiting.map(([, number]) => number));
  rung.waiting.length = 0;
  const all = [...rung.top, ...rung.rest].sort(compareEntries);
  return all.flatMap(([, number], i) => (waiting.has(number) ? [{ number, place: i + 1 }] : []));
}
