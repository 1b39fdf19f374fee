import type { SearchView } from '@caviar/contracts';
import { useSyncExternalStore } from 'react';
import { api } from './session.js';

/** What the service pushes, kept where every component can see it: searches as they are now, and how often each has changed. */
const searches = new Map<string, SearchView>();
const ticks = new Map<string, number>();
const gone = new Set<string>();
const listeners = new Set<() => void>();
let stop: AbortController | undefined;

/** Names of ticks that are no ids of searches. */
export const ANY_SEARCH = 'searches';
export const WORKERS = 'workers';
/** Connected, for the first time or again: nothing is known of the time before. */
export const CONNECTED = 'connected';

function bump(...names: readonly string[]): void {
  for (const name of names) ticks.set(name, (ticks.get(name) ?? 0) + 1);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** How often that has changed: for effects that are to run again. */
export function useTick(name: string): number {
  return useSyncExternalStore(subscribe, () => ticks.get(name) ?? 0);
}

/** The newest that is known of a search. */
export function useLiveSearch(id: string): SearchView | undefined {
  return useSyncExternalStore(subscribe, () => searches.get(id));
}

export function goneSearches(): ReadonlySet<string> {
  return gone;
}

/** Whether it was deleted before our eyes. */
export function useIsGone(id: string): boolean {
  return useSyncExternalStore(subscribe, () => gone.has(id));
}

export function keepSearch(search: SearchView): void {
  searches.set(search.id, keepParts(search, searches.get(search.id)));
  bump(ANY_SEARCH, search.id);
}

/** What did not change stays the same object, so that pictures that follow from it alone are not drawn anew. */
function keepParts(search: SearchView, before: SearchView | undefined): SearchView {
  if (before === undefined) return search;
  const isSame = (key: 'spec' | 'rounds') => JSON.stringify(before[key]) === JSON.stringify(search[key]);
  return {
    ...search,
    spec: isSame('spec') ? before.spec : search.spec,
    rounds: isSame('rounds') ? before.rounds : search.rounds,
  };
}

export function liveSearches(): ReadonlyMap<string, SearchView> {
  return searches;
}

async function follow(signal: AbortSignal): Promise<void> {
  for await (const change of api().followChanges({ signal })) {
    if (change.kind === 'search') keepSearch(change.search);
    else if (change.kind === 'workers') bump(WORKERS);
    else if (change.kind === 'gone') {
      searches.delete(change.searchId);
      gone.add(change.searchId);
      bump(ANY_SEARCH, change.searchId);
    } else {
      // Nothing is known of the time in which we were not connected: everything is to be read again.
      bump(...new Set([...ticks.keys(), ANY_SEARCH, WORKERS, CONNECTED]));
    }
  }
}

/** Connects, for as long as somebody looks: a tab in the background holds no connection. Returns the way to stop. */
export function startLive(): () => void {
  const connect = () => {
    stop?.abort();
    if (document.visibilityState === 'hidden') return;
    const mine = new AbortController();
    stop = mine;
    // It ends by itself only when the service will not have us, which every request tells.
    follow(mine.signal).catch(() => {});
  };
  document.addEventListener('visibilitychange', connect);
  connect();
  return () => {
    document.removeEventListener('visibilitychange', connect);
    stop?.abort();
  };
}
