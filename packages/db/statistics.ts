import { SEARCH_STATUSES, type SearchStatus, TRIAL_STATUSES, type TrialStatus } from '@caviar/spec';
import type { Client } from './client.js';

export interface DatabaseStatistics {
  readonly searchesByStatus: Readonly<Record<SearchStatus, number>>;
  readonly trialsByStatus: Readonly<Record<TrialStatus, number>>;
  readonly activeWorkers: number;
}

/** Counts for monitoring, from the counters of the searches: nothing is counted trial by trial. */
export async function readStatistics(client: Client): Promise<DatabaseStatistics> {
  type Row = Record<TrialStatus, bigint | null> & { status: SearchStatus; searches: bigint; activeWorkers: bigint };
  const rows = await client.$queryRaw<Row[]>`
    SELECT status, count(*) AS searches, sum(queued) AS queued, sum(running) AS running, sum(paused) AS paused,
      sum(completed) AS completed, sum(pruned) AS pruned, sum(infeasible) AS infeasible, sum(failed) AS failed,
      sum(cancelled) AS cancelled FROM searches GROUP BY status`;
  const [workers] = await client.$queryRaw<{ active: bigint }[]>`
    SELECT count(*) AS active FROM workers WHERE stopped_at IS NULL AND last_seen_at > now() - interval '15 seconds'`;
  const searches = Object.fromEntries(
    SEARCH_STATUSES.map((status) => [status, Number(rows.find((row) => row.status === status)?.searches ?? 0)]),
  ) as Record<SearchStatus, number>;
  const trials = Object.fromEntries(
    TRIAL_STATUSES.map((status) => [status, rows.reduce((sum, row) => sum + Number(row[status] ?? 0), 0)]),
  ) as Record<TrialStatus, number>;
  return { searchesByStatus: searches, trialsByStatus: trials, activeWorkers: Number(workers?.active ?? 0) };
}
