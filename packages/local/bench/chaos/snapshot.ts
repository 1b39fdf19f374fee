import type { Service } from '../support/service.js';

/** Where and how a search's record differs from what it has to be; empty when all is well. */
export type Findings = readonly string[];

/** A search as it is stored, without ids and times: what has to be the same bit for bit however it was carried out. */
export interface Snapshot {
  /** Places of the leaderboard: number and value. */
  readonly board: readonly string[];
  /** By trial number: all that was decided about it, and its whole learning curve. */
  readonly trials: readonly string[];
}

/** Reads a search in full. Numbers are written by Postgres with all their digits. */
export async function snapshot({ sql, call }: Service, searchId: string): Promise<Snapshot> {
  const trials = await sql<{ trial: string }>(
    `SELECT json_build_object('number', number, 'status', status, 'params', params, 'proposal', proposal, 'basis', basis,
       'round', round, 'parent', parent, 'value', value, 'rankKey', rank_key, 'step', step, 'target', target_step,
       'rungs', rungs, 'metrics', metrics, 'reason', reason, 'curve', (
         SELECT json_agg(json_build_array(step, metrics) ORDER BY step) FROM measurements m WHERE m.trial_id = t.id
       ))::text AS trial
     FROM trials t WHERE search_id = $1 ORDER BY number`,
    [searchId],
  );
  interface Board {
    readonly entries: readonly {
      readonly rank: number;
      readonly number: number;
      readonly value: number;
    }[];
  }
  const { entries } = await call<Board>('GET', `/v1/searches/${searchId}/leaderboard?limit=200`);
  return {
    board: entries.map(({ rank, number, value }) => `${rank}: trial ${number}, ${value}`),
    trials: trials.map(({ trial }) => trial),
  };
}

/** What differs between two records of one search. */
export function compare(expected: Snapshot, found: Snapshot): Findings {
  const findings: string[] = [];
  for (const part of ['board', 'trials'] as const) {
    const length = Math.max(expected[part].length, found[part].length);
    for (let i = 0; i < length; i++) {
      const [was, is] = [expected[part][i], found[part][i]];
      if (was !== is)
        findings.push(`${part} differ at ${i}:\n    undisturbed ${shown(was, is)}\n    disturbed   ${shown(is, was)}`);
    }
  }
  return findings;
}

/** A text around the first place where it differs from another. */
function shown(text = 'nothing', other = ''): string {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at++;
  return `${at > 80 ? '… ' : ''}${text.slice(Math.max(0, at - 80), at + 160)}`;
}

/** Everything that must hold of a search that has ended, whatever happened to the processes meanwhile. */
export async function audit(
  { sql }: Service,
  { searchId, trials }: { readonly searchId: string; readonly trials: number },
): Promise<Findings> {
  const checks: readonly (readonly [what: string, query: string])[] = [
    [
      'trials that are missing',
      `SELECT n::text AS found FROM generate_series(0, $2::int - 1) n
       WHERE NOT EXISTS (SELECT FROM trials WHERE search_id = $1 AND number = n)`,
    ],
    ['trials too many', `SELECT number::text AS found FROM trials WHERE search_id = $1 AND number >= $2::int`],
    [
      'trials that have not ended, or failed',
      `SELECT number || ' ' || status || ' ' || coalesce(reason, '') AS found FROM trials
       WHERE search_id = $1 AND number < $2::int AND status NOT IN ('completed', 'pruned', 'infeasible')`,
    ],
    [
      'trials that have not ended exactly once',
      `SELECT t.number || ' ended ' || count(e.seq) || ' times' AS found
       FROM trials t LEFT JOIN events e ON e.trial_id = t.id
         AND e.to_status IN ('completed', 'pruned', 'infeasible', 'failed', 'cancelled')
       WHERE t.search_id = $1 AND t.number < $2::int GROUP BY t.number HAVING count(e.seq) <> 1`,
    ],
    [
      'trials without a measurement for every step',
      `SELECT t.number || ' has ' || count(m.step) || ' of ' || t.step AS found
       FROM trials t LEFT JOIN measurements m ON m.trial_id = t.id AND m.step <= t.step
       WHERE t.search_id = $1 AND t.number < $2::int AND t.status <> 'infeasible' GROUP BY t.number, t.step HAVING count(m.step) <> t.step`,
    ],
    [
      'checkpoints of trials that have ended',
      `SELECT t.number::text AS found FROM checkpoints k JOIN trials t ON t.id = k.trial_id
       WHERE t.search_id = $1 AND t.number < $2::int AND t.status IN ('completed', 'infeasible')`,
    ],
    [
      'gaps in the numbers of events',
      `SELECT count(e.seq) || ' rows up to ' || s.event_seq AS found
       FROM searches s LEFT JOIN events e ON e.search_id = s.id
       WHERE s.id = $1 AND $2::int > 0 GROUP BY s.id HAVING count(e.seq) <> s.event_seq`,
    ],
    [
      'counters that do not count',
      `SELECT row_to_json(s)::text AS found FROM (
         SELECT completed, pruned, infeasible, failed, cancelled, queued, running, paused FROM searches WHERE id = $1
       ) s WHERE $2::int > 0 AND (s.completed, s.pruned, s.infeasible, s.failed + s.cancelled + s.queued + s.running + s.paused) <> (
         SELECT count(*) FILTER (WHERE status = 'completed'), count(*) FILTER (WHERE status = 'pruned'),
           count(*) FILTER (WHERE status = 'infeasible'),
           count(*) FILTER (WHERE status NOT IN ('completed', 'pruned', 'infeasible'))
         FROM trials WHERE search_id = $1
       )`,
    ],
    ['searches beside the one that was asked for', `SELECT id AS found FROM searches WHERE id <> $1 AND $2::int > 0`],
  ];
  const findings: string[] = [];
  for (const [what, query] of checks) {
    const rows = await sql<{ found: string }>(query, [searchId, trials]);
    if (rows.length > 0)
      findings.push(
        `${what}: ${rows
          .slice(0, 5)
          .map(({ found }) => found)
          .join('; ')} (${rows.length})`,
      );
  }
  return findings;
}
