import type {
  BestTrial,
  Metrics,
  Params,
  Progress,
  ProposalBasis,
  Provenance,
  Round,
  Search,
  SearchSpec,
  SearchStatus,
  Trial,
  TrialStatus,
} from '@caviar/spec';

/** Rows as the SQL of this package returns them, and what they become. */
export interface SearchRow {
  readonly id: string;
  readonly name: string;
  readonly notes: string | null;
  readonly status: SearchStatus;
  readonly reason: string | null;
  readonly spec: SearchSpec;
  readonly spaceVersion: number;
  readonly plannedTotal: number | null;
  readonly roundCount: number;
  readonly createdAt: Date;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly version: bigint;
  readonly queued: number;
  readonly running: number;
  readonly paused: number;
  readonly completed: number;
  readonly pruned: number;
  readonly infeasible: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly rounds: readonly Round[] | null;
  readonly best: BestTrial | null;
}

export interface TrialRow {
  readonly id: string;
  readonly searchId: string;
  readonly number: number;
  readonly status: TrialStatus;
  readonly params: Params;
  readonly proposal: string;
  readonly basis: ProposalBasis | null;
  readonly round: number | null;
  readonly attempt: number;
  readonly workerId: string | null;
  readonly provenance: Provenance | null;
  readonly value: number | null;
  readonly rankKey: number | null;
  readonly violation: number | null;
  readonly step: number;
  readonly metrics: Metrics;
  readonly editedFrom: number | null;
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly durationMs: number | null;
}

/** Trials made so far. */
export function countTrials(row: Pick<SearchRow, TrialStatus>): number {
  return (
    row.queued + row.running + row.paused + row.completed + row.pruned + row.infeasible + row.failed + row.cancelled
  );
}

export function toProgress(row: Pick<SearchRow, TrialStatus | 'status' | 'plannedTotal'>): Progress {
  const { queued, running, paused, completed, pruned, infeasible, failed, cancelled } = row;
  const made = countTrials(row);
  const open = row.status === 'running' || row.status === 'paused';
  const total = open ? Math.max(made, row.plannedTotal ?? 0) : made;
  return { total, queued, running, paused, completed, pruned, infeasible, failed, cancelled };
}

export function toSearch(row: SearchRow): Search {
  return {
    id: row.id,
    name: row.name,
    notes: row.notes,
    status: row.status,
    reason: row.reason,
    spec: row.spec,
    spaceVersion: row.spaceVersion,
    seed: row.spec.seed,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    progress: toProgress(row),
    rounds: row.rounds ?? [],
    roundCount: row.roundCount,
    best: row.best,
    version: Number(row.version),
  };
}

export function toTrial(row: TrialRow): Trial {
  const { rankKey: _, violation: __, attempt, ...trial } = row;
  return { ...trial, attempts: attempt };
}
