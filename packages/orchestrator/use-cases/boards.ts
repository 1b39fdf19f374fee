import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import type { Leaderboard, Orchestrator } from '../orchestrator.js';
import type { PageQuery } from '../ports/page.js';
import { inRounds } from '../rounds.js';
import { createSpecCache, type SpecOf } from '../spec-cache.js';
import { getParetoBoard } from './pareto-board.js';
import { pause } from './pause.js';
import { getSearch } from './read-searches.js';

/** How often a waiting reader looks by itself, in case a signal was lost. */
const LOOK_MS = 1000;

interface BoardPage {
  readonly id: string;
  readonly query: PageQuery;
}

/**
 * Leaderboards, for many who poll the same ones: those who ask while a page is being read share the next reading of it, which
 * begins after they asked. So a page is read once at a time, however many poll it, and nobody misses what was stored before.
 */
export function createBoards(deps: Deps): Pick<Orchestrator, 'leaderboard' | 'boardVersion' | 'waitForBoard'> {
  const keyOf = ({ id, query: { limit, cursor } }: BoardPage) => JSON.stringify([id, limit, cursor]);
  const specOf = createSpecCache(deps.searches);
  const pageOf = inRounds(({ id, query }: BoardPage) => readPage(deps, specOf, { id, query }), keyOf);
  const versionOf = inRounds((id: string) => readVersion(deps, id));

  return {
    leaderboard: (id, query) => pageOf({ id, query }),
    boardVersion: (id) => versionOf(id),
    async waitForBoard(id, version, { waitMs, signal }) {
      const deadline = performance.now() + waitMs;
      let wake = () => {};
      // Subscribed before the first look: a change between the two would be missed otherwise.
      const unsubscribe = deps.signals.subscribe(id, () => wake());
      try {
        for (;;) {
          const woken = new Promise<void>((resolve) => {
            wake = resolve;
          });
          const present = await versionOf(id);
          const left = deadline - performance.now();
          if (present !== version || left <= 0 || signal?.aborted === true) return present;
          await pause(Math.min(LOOK_MS, left), signal, woken);
        }
      } finally {
        unsubscribe();
      }
    },
  };
}

/** What a board goes by does not change with its search: a page is one question to the database. */
async function readPage(deps: Deps, specOf: SpecOf, { id, query }: BoardPage): Promise<Leaderboard> {
  const spec = await specOf(id);
  if (spec === null) throw notFound(id);
  const { objective, objectives, constraints } = spec;
  if (objectives !== undefined) return getParetoBoard(deps, await getSearch(deps, id), query);
  const constrained = constraints === undefined ? undefined : objective.direction;
  const page = await deps.trials.leaderboard(id, { ...query, constrained });
  if (page === null) throw notFound(id);
  return { searchId: id, ...page };
}

async function readVersion(deps: Deps, id: string): Promise<number> {
  const version = await deps.searches.version(id);
  if (version === null) throw notFound(id);
  return version;
}

function notFound(id: string): DomainError {
  return new DomainError('search-not-found', `There is no search ${id}`);
}
