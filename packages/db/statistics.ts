import { SEARCH_STATUSES, type SearchStatus, TRIAL_STATUSES, type TrialStatus } from '@caviar/spec';
import type { Client } from './client.js';

export interface DatabaseStatistics {
  readonly searchesByStatus: Readonly<Record<SearchStatus, number>>;
  readonly trialsByStatus: Readonly<Record<TrialStatus, number>>;
  readonly activeWorkers: number;
  /** Time that the trial has waited which waits longest for its first start; 0 when none does. */
  readonly longestWaitSeconds: number;
  readonly webhooksByStatus: Readonly<Record<'active' | 'failed', number>>;
  /** Age of the oldest event that an active webhook has not been told of; 0 when there is none. */
  readonly webhookLagSeconds: number;
}

/** Counts for monitoring, from the counters of the searches: nothing is counted trial by trial. */
export async function readStatistics(client: Client): Promise<DatabaseStatistics> {
  type Row = Record<TrialStatus, bigint | null> & { status: SearchStatus; searches: bigint; activeWorkers: bigint };
  const rows = await client.$read<Row[]>`
    SELECT status, count(*) AS searches, sum(queued) AS queued, sum(running) AS running, sum(paused) AS paused,
      sum(completed) AS completed, sum(pruned) AS pruned, sum(infeasible) AS infeasible, sum(failed) AS failed,
      sum(cancelled) AS cancelled FROM searches GROUP BY status`;
  const [workers] = await client.$read<{ active: bigint }[]>`
    SELECT count(*) AS active FROM workers WHERE stopped_at IS NULL AND last_seen_at > now() - interval '15 seconds'`;
  const [queue] = await client.$read<{ waitSeconds: number }[]>`
    SELECT coalesce(extract(epoch FROM now() - min(t.created_at)), 0)::float8 AS "waitSeconds"
    FROM trials t JOIN searches s ON s.id = t.search_id
    WHERE t.status = 'queued' AND t.attempt = 0 AND s.status = 'running' AND NOT s.external`;
  const [webhooks] = await client.$read<{ active: bigint; failed: bigint; lagSeconds: number }[]>`
    SELECT count(*) FILTER (WHERE w.status = 'active') AS active, count(*) FILTER (WHERE w.status = 'failed') AS failed,
      coalesce(max(extract(epoch FROM now() - e.at)) FILTER (WHERE w.status = 'active'), 0)::float8 AS "lagSeconds"
    FROM webhooks w LEFT JOIN events e ON e.search_id = w.search_id AND e.seq = w.seq + 1`;
  const searches = Object.fromEntries(
    SEARCH_STATUSES.map((status) => [status, Number(rows.find((row) => row.status === status)?.searches ?? 0)]),
  ) as Record<SearchStatus, number>;
  const trials = Object.fromEntries(
    TRIAL_STATUSES.map((status) => [status, rows.reduce((sum, row) => sum + Number(row[status] ?? 0), 0)]),
  ) as Record<TrialStatus, number>;
  return {
    searchesByStatus: searches,
    trialsByStatus: trials,
    activeWorkers: Number(workers?.active ?? 0),
    longestWaitSeconds: Math.max(0, queue?.waitSeconds ?? 0),
    webhooksByStatus: { active: Number(webhooks?.active ?? 0), failed: Number(webhooks?.failed ?? 0) },
    webhookLagSeconds: Math.max(0, webhooks?.lagSeconds ?? 0),
  };
}
