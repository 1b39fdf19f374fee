import { costsOf, placesAmong, valuesOf } from '@caviar/search';
import type { Search } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import type { Leaderboard } from '../orchestrator.js';
import type { PageQuery } from '../ports/page.js';
import type { BoardEntry } from '../ports/trial-store.js';

/** Trials by place: their ids and numbers, and the front each belongs to, from 1. */
interface Places {
  readonly version: number;
  readonly ids: readonly string[];
  readonly numbers: readonly number[];
  readonly ranks: readonly number[];
  /** Pages that have been read of this version, by where they begin and their length: who polls costs one look at the search. */
  readonly pages: Map<string, readonly BoardEntry[]>;
}

/** Boards kept in memory, each as of one version. */
const KEPT = 16;
const KEPT_PAGES = 8;
const kept = new Map<string, Places>();

/**
 * The board of a search with several objectives: the Pareto front, then the front of what is left, and so on; within a
 * front by number. `rank` is the front's. Trials that break a constraint come after all that keep them, by how much they do.
 *
 * Every version ranks all trials anew, once per process: 20,000 trials take about 50 ms, two objectives less.
 */
export async function getParetoBoard(
  deps: Pick<Deps, 'searches' | 'trials'>,
  search: Search,
  { limit, cursor }: PageQuery,
): Promise<Leaderboard> {
  const { spec } = search;
  const { objective, objectives } = spec;
  const from = cursor === undefined ? 0 : decodeOffset(search.id, cursor);
  const places = await placesOf(deps, search);
  const { version, ids, pages } = places;
  const key = `${from} ${limit}`;
  const entries = pages.get(key) ?? (await readEntries(deps, places, { from, limit }));
  if (pages.size < KEPT_PAGES) pages.set(key, entries);
  const next = from + limit;
  return {
    searchId: search.id,
    version,
    objective,
    ...(objectives !== undefined && { objectives }),
    progress: search.progress,
    entries,
    nextCursor: next < ids.length ? encodeOffset(search.id, next) : null,
  };
}

async function readEntries(
  { trials }: Pick<Deps, 'trials'>,
  { ids, ranks }: Places,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<readonly BoardEntry[]> {
  const page = ids.slice(from, from + limit);
  const found = new Map((await trials.getMany(page)).map((trial) => [trial.id, trial]));
  return page.flatMap((id, i) => {
    const trial = found.get(id);
    return trial === undefined ? [] : [{ rank: ranks[from + i]!, trial }];
  });
}

/** The places of the trials of a search with several objectives. */
export async function placesOf({ trials }: Pick<Deps, 'trials'>, { id, version, spec }: Search): Promise<Places> {
  const known = kept.get(id);
  if (known?.version === version) return known;
  const rows = await trials.boardRows(id);
  const standings = rows.map(({ metrics, isRanked, violation }) => ({
    tier: violation ?? (isRanked ? 0 : Number.POSITIVE_INFINITY),
    costs: costsOf(spec, isRanked || violation !== null ? valuesOf(spec, metrics) : []),
  }));
  const fronts = placesAmong(standings).map(({ front }) => front);
  const order = rows.map((_, i) => i).sort((a, b) => fronts[a]! - fronts[b]! || rows[a]!.number - rows[b]!.number);
  const places = {
    version,
    ids: order.map((i) => rows[i]!.id),
    numbers: order.map((i) => rows[i]!.number),
    ranks: order.map((i) => fronts[i]! + 1),
    pages: new Map(),
  };
  kept.delete(id);
  const [oldest] = kept.keys();
  if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(id, places);
  return places;
}

function encodeOffset(searchId: string, offset: number): string {
  return Buffer.from(`front ${offset} of ${searchId}`).toString('base64url');
}

/** Earlier cursors do not say which board they are of. */
function decodeOffset(searchId: string, cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString('latin1');
  const [, digits, board = searchId] = /^front (\d{1,9})(?: of (.+))?$/.exec(text) ?? [];
  if (digits === undefined || board !== searchId) {
    throw new DomainError('invalid-cursor', 'The cursor is not one of this board');
  }
  return Number(digits);
}
