import type { LeaderboardEntryView, LeaderboardView, SearchView } from '@caviar/contracts';
import type { BoardEntry, Leaderboard } from '@caviar/orchestrator';
import type { Search } from '@caviar/spec';

export function presentSearch(search: Search): SearchView {
  const lastRound = search.rounds.at(-1);
  return {
    id: search.id,
    name: search.name,
    notes: search.notes,
    status: search.status,
    reason: search.reason,
    spec: search.spec,
    spaceVersion: search.spaceVersion,
    seed: search.seed,
    createdAt: search.createdAt.toISOString(),
    startedAt: search.startedAt.toISOString(),
    endedAt: search.endedAt?.toISOString() ?? null,
    progress: search.progress,
    round: lastRound === undefined ? null : { index: lastRound.index, of: search.roundCount },
    rounds: search.rounds.map(({ index, firstNumber, endNumber, region, reason }) => ({
      index,
      firstNumber,
      endNumber,
      region,
      reason,
    })),
    best: search.best,
  };
}

/** Entries in JSON, for as long as they are the same: of a board that is polled, they change much less often than its counts. */
const written = new WeakMap<readonly BoardEntry[], string>();

/** A `LeaderboardView` in JSON. */
export function writeLeaderboard(board: Leaderboard): string {
  let entries = written.get(board.entries);
  if (entries === undefined) {
    entries = JSON.stringify(board.entries.map(presentEntry));
    written.set(board.entries, entries);
  }
  const rest: Omit<LeaderboardView, 'entries'> = {
    searchId: board.searchId,
    objective: board.objective,
    ...(board.objectives !== undefined && { objectives: board.objectives }),
    version: board.version,
    progress: board.progress,
    nextCursor: board.nextCursor,
  };
  return `${JSON.stringify(rest).slice(0, -1)},"entries":${entries}}`;
}

function presentEntry({ rank, trial }: BoardEntry): LeaderboardEntryView {
  return {
    rank,
    trialId: trial.id,
    number: trial.number,
    value: trial.value,
    params: trial.params,
    edited: trial.editedFrom !== null,
    status: trial.status,
    step: trial.step,
    metrics: trial.metrics,
    durationMs: trial.durationMs,
  };
}
