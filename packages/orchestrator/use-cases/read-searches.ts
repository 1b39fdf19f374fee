import type { Search, Trial } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';

const EXPORT_PAGE = 1000;

const notFound = (id: string) => new DomainError('search-not-found', `There is no search ${id}`);

export async function getSearch(deps: Pick<Deps, 'searches'>, id: string): Promise<Search> {
  const search = await deps.searches.get(id);
  if (search === null) throw notFound(id);
  return search;
}

/** All trials of a search in pages, by number. */
export async function* exportTrials(deps: Deps, searchId: string): AsyncGenerator<readonly Trial[]> {
  await getSearch(deps, searchId);
  let cursor: string | null | undefined;
  do {
    const page = await deps.trials.list(searchId, { limit: EXPORT_PAGE, cursor: cursor ?? undefined });
    if (page.items.length > 0) yield page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
