import { learnsFromResults, planSearch, prepareSearch, type SearchPlan, type SuggestContext } from '@caviar/search';
import type { Deps } from '../deps.js';
import type { SearchForAdvance } from '../ports/search-store.js';

/** A search's plan and its sampler, made ready. */
export interface PreparedSearch {
  readonly plan: SearchPlan;
  /** Null for a sampler that learns. */
  readonly context: SuggestContext | null;
}

const KEPT = 64;
const kept = new Map<string, PreparedSearch>();

/** Prepares a search for drawing, or finds it prepared: compiling a space takes longer than drawing from it. */
export async function prepare(
  { trials }: Pick<Deps, 'trials'>,
  { search, spaces, given }: Pick<SearchForAdvance, 'search' | 'spaces' | 'given'>,
): Promise<PreparedSearch> {
  const key = JSON.stringify([
    search.id,
    search.spaceVersion,
    search.rounds.length,
    search.spec.stop,
    search.spec.parallelism,
    given,
  ]);
  const known = kept.get(key);
  if (known !== undefined) return known;
  // More may have been added since: numbers above those that are asked for now do not matter to them.
  const added = given === 0 ? [] : await trials.given(search.id);
  const state = { rounds: search.rounds, spaceFirstNumber: spaces.at(-1)?.firstNumber ?? 0, added };
  const context = learnsFromResults(search.spec) ? null : prepareSearch(search.spec, state);
  const prepared = { plan: planSearch(search.spec, state), context };
  const [oldest] = kept.keys();
  if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(key, prepared);
  return prepared;
}
