import type { Service } from './service.js';

/** Numbers that look drawn at random, of a row's number. */
const DRAWN = (salt: number) => `((hashint4extended(n, ${salt}) & 1048575) / 1048576.0)::float8`;

/**
 * Gives a search completed trials with the numbers `from` to `from + count - 1`, past the triggers: what would be a day of work is
 * there in seconds. Counters and statistics are brought up to date; these trials have no events and no measurements.
 */
export async function fillTrials(
  { sql }: Service,
  {
    searchId,
    from,
    count,
    params,
  }: {
    readonly searchId: string;
    readonly from: number;
    readonly count: number;
    /** SQL of the params of trial `n`. */
    readonly params: string;
  },
): Promise<void> {
  await sql(
    `BEGIN;
     ALTER TABLE trials DISABLE TRIGGER USER;
     INSERT INTO trials (id, search_id, number, status, params, proposal, attempt, worker_id, provenance, value, rank_key, step,
       metrics, started_at, ended_at, duration_ms)
     SELECT 'trl_fill_' || '${searchId}' || '_' || n, '${searchId}', n, 'completed', ${params}, 'drawn at random', 1, 'wrk_fill', '{}', v, v, 1,
       json_build_object('cost', v, 'w', v), now(), now(), 1
     FROM (SELECT n, ${DRAWN(3)} * 25 AS v FROM generate_series(${from}, ${from + count - 1}) n) drawn;
     ALTER TABLE trials ENABLE TRIGGER USER;
     UPDATE searches SET completed = completed + ${count}, version = version + 1 WHERE id = '${searchId}';
     COMMIT`,
  );
  await sql('VACUUM (ANALYZE) trials');
  await sql('CHECKPOINT');
}

/** Params for `fillTrials`: `learningRate` on a log scale from 1e-4 to 1. */
export const LEARNING_RATE = `json_build_object('learningRate', power(10, -4 + 4 * ${DRAWN(1)}))`;
/** Params for `fillTrials`: a point of the square from -1 to 1. */
export const SQUARE = `json_build_object('x', 2 * ${DRAWN(1)} - 1, 'y', 2 * ${DRAWN(2)} - 1)`;
