import type { SearchSort, SearchView } from '@caviar/contracts';
import { endedOf } from '../../data/progress.js';

export interface SearchOrder {
  readonly sort: SearchSort;
  readonly isUp: boolean;
}

const KEYS: Readonly<Record<SearchSort, (search: SearchView) => string | number>> = {
  created: ({ createdAt }) => createdAt,
  name: ({ name }) => name.toLowerCase(),
  status: ({ status }) => status,
  progress: ({ progress }) => (progress.total === 0 ? 0 : endedOf(progress) / progress.total),
  trials: ({ progress }) => progress.total,
};

export function isSort(text: string): text is SearchSort {
  return text in KEYS;
}

/** Words go up, times and numbers down, unless somebody turns them. */
export function usualOrder(sort: SearchSort): 'asc' | 'desc' {
  return sort === 'name' || sort === 'status' ? 'asc' : 'desc';
}

/** The order of the service, so that what is pushed finds its place among what was read; between equals the newest is first. */
export function compareBy({ sort, isUp }: SearchOrder): (a: SearchView, b: SearchView) => number {
  const keyOf = KEYS[sort];
  const newest = (a: SearchView, b: SearchView) => compare(b.createdAt, a.createdAt) || compare(b.id, a.id);
  if (sort === 'created') return isUp ? (a, b) => newest(b, a) : newest;
  return (a, b) => (isUp ? compare(keyOf(a), keyOf(b)) : compare(keyOf(b), keyOf(a))) || newest(a, b);
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether a search has a status and all words, as the service looks for them. */
export function matches(search: SearchView, { status, words }: { readonly status: string; readonly words: string }) {
  if (status !== '' && search.status !== status) return false;
  const text = textOf(search);
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word) || word === search.id);
}

function textOf({ name, spec: { trainer, sampler, scheduler } }: SearchView): string {
  const source = 'dataset' in trainer ? trainer.dataset : 'program' in trainer ? trainer.program : '';
  return `${name} ${trainer.kind} ${source} ${sampler.kind} ${scheduler.kind}`.toLowerCase();
}

/** What was read and what was pushed since, in order: whatever lies beyond the end of what was read is left for later. */
export function merge(
  read: readonly SearchView[],
  pushed: ReadonlyMap<string, SearchView>,
  {
    order,
    hasMore,
    isShown,
  }: { readonly order: SearchOrder; readonly hasMore: boolean; readonly isShown: (search: SearchView) => boolean },
): readonly SearchView[] {
  const compareThem = compareBy(order);
  const last = read.at(-1);
  const known = new Map(read.map((search) => [search.id, search]));
  for (const [id, search] of pushed) {
    const isBeyond = hasMore && last !== undefined && compareThem(search, last) > 0;
    if (!isBeyond) known.set(id, search);
    else known.delete(id);
  }
  return [...known.values()].filter(isShown).toSorted(compareThem);
}
