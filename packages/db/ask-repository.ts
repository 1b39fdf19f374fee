import type {
  AskedTrial,
  Asker,
  AskStore,
  ExternalMeasurement,
  GivenTrial,
  TrialControl,
  TrialRef,
} from '@caviar/orchestrator';
import type { Client } from './client.js';
import { Prisma } from './generated/client.js';
import { CONTROL, HAS_PLACE, heldAmong, IS_DUE, inMs, json, MADE, REF, spentMs } from './trial-sql.js';

/** What code outside does with trials, one statement each. */
export class AskRepository implements AskStore {
  constructor(private readonly client: Client) {}

  async take(searchId: string, count: number, asker: Asker): Promise<readonly AskedTrial[]> {
    // What the asker left: locked, so that two of one name cannot both be handed the same trial.
    const left = Prisma.sql`
      SELECT t.id FROM trials t JOIN search s ON s.id = t.search_id
      WHERE t.status = 'running' AND t.worker_id = ${asker.worker}
      ORDER BY t.number LIMIT ${count} FOR UPDATE OF t SKIP LOCKED`;
    return this.#take(searchId, { count, asker, left });
  }

  async takeQueued(searchId: string, count: number, asker: Asker): Promise<readonly AskedTrial[]> {
    return this.#take(searchId, { count, asker, left: Prisma.sql`SELECT NULL::text AS id WHERE false` });
  }

  async #take(
    searchId: string,
    { count, asker, left }: { readonly count: number; readonly asker: Asker; readonly left: Prisma.Sql },
  ): Promise<readonly AskedTrial[]> {
    if (count === 0) return [];
    const { worker, provenance, leaseMs, maxLosses } = asker;
    const isGivenUp = Prisma.sql`t.status = 'running' AND t.losses + 1 >= ${maxLosses}::int`;
    const rows = await this.client.$queryRaw<(AskedTrial & { isTaken: boolean })[]>`
      WITH search AS (
        SELECT id, places, running FROM searches WHERE id = ${searchId} AND external AND status = 'running'
      ),
      unfinished AS (${left}),
      waiting AS (
        SELECT t.id FROM trials t JOIN search s ON s.id = t.search_id
        WHERE t.status = 'queued' AND ${IS_DUE} AND ${HAS_PLACE}
        ORDER BY coalesce(t.worker_id = ${worker}, false) DESC, t.given DESC, t.number
        LIMIT ${count} - (SELECT count(*) FROM unfinished) FOR UPDATE OF t SKIP LOCKED
      ),
      taken AS (
        UPDATE trials t SET
          status = CASE WHEN ${isGivenUp} THEN 'failed' ELSE 'running' END::trial_status,
          losses = t.losses + CASE t.status WHEN 'running' THEN 1 ELSE 0 END,
          attempt = t.attempt + 1,
          worker_id = ${worker}, provenance = ${json(provenance)},
          lease_expires_at = CASE WHEN ${isGivenUp} THEN NULL ELSE ${inMs(leaseMs)} END,
          started_at = coalesce(t.started_at, now()),
          ended_at = CASE WHEN ${isGivenUp} THEN now() END,
          reason = CASE WHEN ${isGivenUp} THEN 'worker ' || t.worker_id || ' was lost at step ' || t.step
            || '; ' || (t.losses + 1) || ' workers were lost with this trial. It was lost since the same name asked again:'
            || ' programs at work at the same time need names of their own'
            -- What became of earlier attempts is over; what is wanted of it holds.
            WHEN t.cancel_requested OR t.pause_requested THEN t.reason END
        WHERE t.id IN (SELECT id FROM unfinished UNION ALL SELECT id FROM waiting)
        RETURNING t.id, t.number, t.attempt, t.params, t.step, t.target_step, t.lease_expires_at
      )
      SELECT id AS "trialId", number, attempt, params, step, target_step AS "targetStep",
        lease_expires_at AS "leaseExpiresAt", lease_expires_at IS NOT NULL AS "isTaken"
      FROM taken ORDER BY number`;
    return rows.filter(({ isTaken }) => isTaken).map(({ isTaken: _, ...trial }) => trial);
  }

  async measure(
    { searchId, trialId, attempt, step, metrics, takenAt }: ExternalMeasurement,
    leaseMs: number,
  ): Promise<TrialControl> {
    const [row] = await this.client.$queryRaw<{ control: TrialControl }[]>`
      WITH held AS (
        UPDATE trials t SET
          step = greatest(t.step, ${step}::int),
          -- Some count steps from 0.
          metrics = CASE WHEN ${step}::int > t.step OR t.metrics::text = '{}' THEN ${json(metrics)} ELSE t.metrics END,
          lease_expires_at = ${inMs(leaseMs)}
        FROM searches s
        WHERE ${heldAmong([trialId])} AND t.attempt = ${attempt} AND s.id = t.search_id
          AND s.external AND s.id = ${searchId}
        RETURNING t.id, ${CONTROL} AS control
      ),
      stored AS (
        INSERT INTO measurements (trial_id, step, metrics, elapsed_ms)
        SELECT id, ${step}::int, ${json(metrics)}, ${spentMs(Prisma.sql`NULL::int`, Prisma.sql`${takenAt}::float8`)} FROM held
        ON CONFLICT (trial_id, step) DO NOTHING
      )
      SELECT control FROM held`;
    return row?.control ?? 'lost';
  }

  async addGiven(searchId: string, trials: readonly GivenTrial[]): Promise<readonly TrialRef[] | null> {
    const rows = await this.client.$queryRaw<TrialRef[]>`
      WITH search AS (
        SELECT id, ${MADE}, (spec->'stop'->>'maxTrials')::int AS most
        FROM searches WHERE id = ${searchId} AND status IN ('running', 'paused') FOR NO KEY UPDATE
      ),
      counted AS (
        UPDATE searches c SET given = c.given + ${trials.length}::int FROM search s
        WHERE c.id = s.id AND (s.most IS NULL OR s.made + ${trials.length}::int <= s.most)
      )
      INSERT INTO trials AS t (id, search_id, number, params, proposal, given, dispatched_at)
      SELECT r.id, s.id, s.made + r.index, r.params, r.proposal, true, now()
      FROM json_to_recordset(${json(trials.map((trial, index) => ({ ...trial, index })))}) AS r (
        id text, index int, params json, proposal text
      )
      CROSS JOIN search s
      WHERE s.most IS NULL OR s.made + ${trials.length}::int <= s.most
      ORDER BY r.index
      RETURNING ${REF}`;
    return rows.length === 0 ? null : rows;
  }
}
