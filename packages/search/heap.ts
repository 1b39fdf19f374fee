/** A priority and the number that breaks ties: lower goes first in both. */
export type Entry = readonly [key: number, number: number];

/** Negative when `a` goes before `b`; numbers are unique, so no two entries are equal. */
export function compareEntries(a: Entry, b: Entry): number {
  return a[0] === b[0] ? a[1] - b[1] : a[0] < b[0] ? -1 : 1;
}

/** A binary heap is a plain array, so that it can be stored as JSON; the entry that `before` puts first is at index 0. */
export type Heap = Entry[];

type Compare = (a: Entry, b: Entry) => number;

/** Adds an entry in O(log n). */
export function pushHeap(heap: Heap, entry: Entry, compare: Compare = compareEntries): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (compare(entry, heap[parent]!) >= 0) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = entry;
}

/** Takes the first entry out in O(log n); undefined when the heap is empty. */
export function popHeap(heap: Heap, compare: Compare = compareEntries): Entry | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && compare(heap[child + 1]!, heap[child]!) < 0) child++;
    if (compare(heap[child]!, last) >= 0) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return first;
}

/** The order of a heap with the worst entry first. */
export const worstFirst: Compare = (a, b) => compareEntries(b, a);
