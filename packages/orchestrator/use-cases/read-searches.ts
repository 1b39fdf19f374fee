import type { Search, Trial } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import type { Leaderboard } from '../orchestrator.js';
import type { PageQuery } from '../ports/page.js';
import { getParetoBoard } from './pareto-board.js';
import { pause } from './pause.js';

const EXPORT_PAGE = 1000;
/** How often a waiting reader looks by itself, in case a signal was lost. */
const LOOK_MS = 1000;

const notFound = (id: string) => new DomainError('search-not-found', `There is no search ${id}`);

export async function getSearch(deps: Pick<Deps, 'searches'>, id: string): Promise<Search> {
  const search = await deps.searches.get(id);
  if (search === null) throw notFound(id);
  return search;
}

export async function getLeaderboard(deps: Deps, id: string, query: PageQuery): Promise<Leaderboard> {
  const search = await getSearch(deps, id);
  const { objective, objectives, constraints } = search.spec;
  if (objectives !== undefined) return getParetoBoard(deps, search, query);
  const constrained = constraints === undefined ? undefined : objective.direction;
  const page = await deps.trials.leaderboard(id, { ...query, constrained });
  if (page === null) throw notFound(id);
  return { searchId: id, ...page };
}

export async function getBoardVersion(deps: Deps, id: string): Promise<number> {
  const version = await deps.searches.version(id);
  if (version === null) throw notFound(id);
  return version;
}

/** Resolves as soon as the version is another one, at the latest after `waitMs` or when aborted. */
export async function waitForBoard(
  deps: Deps,
  id: string,
  {
    version,
    waitMs,
    signal,
  }: { readonly version: number; readonly waitMs: number; readonly signal?: AbortSignal | undefined },
): Promise<number> {
  const deadline = Date.now() + waitMs;
  let wake = () => {};
  // Subscribed before the first look: a change between the two would be missed otherwise.
  const unsubscribe = deps.signals.subscribe(id, () => wake());
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const present = await getBoardVersion(deps, id);
      const left = deadline - Date.now();
      if (present !== version || left <= 0 || signal?.aborted === true) return present;
      await pause(Math.min(LOOK_MS, left), signal, woken);
    }
  } finally {
    unsubscribe();
  }
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
