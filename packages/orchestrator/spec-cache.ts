import type { SearchSpec } from '@caviar/spec';
import type { SearchStore } from './ports/search-store.js';

/** Searches whose spec a process keeps in mind. */
const KEPT = 256;

export type SpecOf = (searchId: string) => Promise<SearchSpec | null>;

/**
 * Remembers the specs of searches. For what never changes in a spec (trainer, objectives, constraints, seed): the first answer does for
 * good. Null when there is no such search.
 */
export function createSpecCache(searches: Pick<SearchStore, 'get'>): SpecOf {
  const specs = new Map<string, SearchSpec>();
  return async (searchId) => {
    const known = specs.get(searchId);
    if (known !== undefined) return known;
    const search = await searches.get(searchId);
    if (search === null) return null;
    const [oldest] = specs.keys();
    if (specs.size >= KEPT && oldest !== undefined) specs.delete(oldest);
    specs.set(searchId, search.spec);
    return search.spec;
  };
}
