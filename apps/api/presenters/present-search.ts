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

export function presentLeaderboard(board: Leaderboard): LeaderboardView {
  return {
    searchId: board.searchId,
    objective: board.objective,
    ...(board.objectives !== undefined && { objectives: board.objectives }),
    version: board.version,
    progress: board.progress,
    entries: board.entries.map(presentEntry),
    nextCursor: board.nextCursor,
  };
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
