import type {
  LogEntry,
  MeasurementReport,
  RungArrival,
  RungRecord,
  RungStore,
  ScheduledTrial,
  TrialRef,
} from '@caviar/orchestrator';
import { REPLACED } from './checkpoint-repository.js';
import type { Client } from './client.js';
import { isUniqueViolation } from './errors.js';
import { Prisma } from './generated/client.js';
import { readRungRecords } from './stored-records.js';
import { AT_RUNG, heldAmong, idsOf, json, MADE, REF, reportRows, spentMs, storeReports } from './trial-sql.js';

/** A trial that waits for its scheduler: it was paused by its target step, not by a person in between. */
const WAITS = Prisma.sql`t.status = 'paused' AND ${AT_RUNG}`;

/** What a scheduler does with trials, one statement each. */
export class RungRepository implements RungStore {
  constructor(private readonly client: Client) {}

  async arrive(arrivals: readonly RungArrival[], reports: readonly MeasurementReport[]): Promise<readonly string[]> {
    if (arrivals.length === 0) return [];
    const rows = arrivals.map(({ checkpoint: _, ...arrival }) => arrival);
    const stored = arrivals.filter(({ checkpoint }) => checkpoint !== null);
    const ids = stored.map(({ trialId }) => trialId);
    const data = stored.map(({ checkpoint }) => Buffer.from(checkpoint!));
    const arrived = await this.client.$queryRaw<{ id: string }[]>`
      WITH report AS (${reportRows(reports)}),
      arrival AS (
        SELECT a.*, ${spentMs(Prisma.sql`a."elapsedMs"`, Prisma.sql`a."takenAt"`)} AS elapsed_ms
        FROM json_to_recordset(${json(rows)}) AS a (
          "trialId" text, attempt int, step int, value float8, "rankKey" float8, violation float8,
          entry json, metrics json, "elapsedMs" int, "takenAt" float8
        )
      ),
      held AS (
        UPDATE trials t SET
          status = CASE WHEN s.status IN ('running', 'paused') AND NOT t.cancel_requested THEN 'paused' ELSE 'cancelled' END::trial_status,
          ended_at = CASE WHEN s.status IN ('running', 'paused') AND NOT t.cancel_requested THEN NULL ELSE now() END,
          reason = CASE WHEN t.cancel_requested THEN t.reason ELSE 'waits at step ' || a.step || ' for its scheduler' END,
          value = a.value, rank_key = a."rankKey", violation = a.violation, step = a.step, metrics = a.metrics,
          duration_ms = a.elapsed_ms,
          rungs = (t.rungs::jsonb || jsonb_build_object(t.target_step::text, a.entry))::json, lease_expires_at = NULL,
          losses = 0 -- whoever was lost with it before: it has got past that
        FROM arrival a, searches s
        WHERE t.id = a."trialId" AND t.attempt = a.attempt AND ${heldAmong(idsOf(arrivals))} AND t.target_step <= a.step
          AND s.id = t.search_id
        RETURNING t.id, a.step, a.elapsed_ms
      ),
      stored AS (${storeReports()}),
      kept AS (
        INSERT INTO checkpoints (trial_id, step, elapsed_ms, data)
        SELECT h.id, h.step, h.elapsed_ms, c.data
        FROM held h JOIN unnest(${ids}::text[], ${data}::bytea[]) AS c (trial_id, data) ON c.trial_id = h.id
        ${REPLACED}
      )
      SELECT id FROM held`;
    return arrived.map(({ id }) => id);
  }

  async rungRecords(
    searchId: string,
    { numbers, from, withResult = false }: Parameters<RungStore['rungRecords']>[1],
  ): Promise<readonly RungRecord[]> {
    return this.client.$read<RungRecord[]>`
      SELECT t.number, t.params, t.status, t.step, t.value, t.metrics, t.target_step AS "targetStep", t.rungs,
        t.edited_from AS "editedFrom"
      FROM trials t
      WHERE t.search_id = ${searchId} AND (
        t.number >= ${from} OR t.number = ANY(${numbers as number[]})
          AND (NOT ${withResult}::boolean OR t.status NOT IN ('queued', 'running') OR t.rungs::text <> '{}')
      )
      ORDER BY t.number`;
  }

  allRungRecords(...question: Parameters<RungStore['allRungRecords']>): Promise<readonly RungRecord[]> {
    return readRungRecords(this.client, ...question);
  }

  async addScheduled(
    searchId: string,
    spaceVersion: number,
    trials: readonly ScheduledTrial[],
  ): Promise<readonly TrialRef[]> {
    if (trials.length === 0) return [];
    return this.client.$queryRaw<TrialRef[]>`
      WITH added AS (
        INSERT INTO trials AS t (
          id, search_id, number, params, proposal, basis, round, target_step, parent, step, dispatched_at
        )
        SELECT r.id, s.id, r.number, r.params, r.proposal, r.basis, r.round, r."targetStep", r.parent,
          coalesce((r.parent->>'step')::int, 0), now()
        FROM json_to_recordset(${json(trials)}) AS r (
          id text, number int, params json, proposal text, basis json, round int, "targetStep" int, parent json
        )
        CROSS JOIN (
          SELECT id, ${MADE} FROM searches
          WHERE id = ${searchId} AND status = 'running' AND space_version = ${spaceVersion} FOR NO KEY UPDATE
        ) s
        WHERE r.number >= s.made AND (r.parent IS NULL OR EXISTS (
          SELECT FROM trials p JOIN checkpoints k ON k.trial_id = p.id
          WHERE p.search_id = s.id AND p.number = (r.parent->>'number')::int AND k.step = (r.parent->>'step')::int
        ))
        ORDER BY r.number
        ON CONFLICT (search_id, number) DO NOTHING
        RETURNING ${REF}, t.parent
      ),
      begun AS (
        INSERT INTO checkpoints (trial_id, step, elapsed_ms, data)
        SELECT a.id, k.step, k.elapsed_ms, k.data
        FROM added a
        JOIN trials p ON p.search_id = ${searchId} AND p.number = (a.parent->>'number')::int
        JOIN checkpoints k ON k.trial_id = p.id AND k.step = (a.parent->>'step')::int
      )
      SELECT id, "searchId", attempt FROM added`;
  }

  async goOn(
    searchId: string,
    trials: readonly { readonly number: number; readonly targetStep: number | null }[],
  ): Promise<readonly TrialRef[]> {
    if (trials.length === 0) return [];
    // A trainer that measures seldom may have passed the next step already: then the trial is there, and waits again.
    const rows = await this.client.$queryRaw<(TrialRef & { queued: boolean })[]>`
      UPDATE trials t SET
        target_step = r."targetStep",
        status = CASE WHEN r."targetStep" <= t.step OR t.pause_requested THEN 'paused' ELSE 'queued' END::trial_status,
        reason = CASE WHEN r."targetStep" <= t.step THEN t.reason WHEN t.pause_requested THEN 'paused by hand' END,
        rungs = CASE
          WHEN r."targetStep" <= t.step THEN (t.rungs::jsonb || jsonb_build_object(r."targetStep"::text, t.rungs::jsonb -> t.target_step::text))::json
          ELSE t.rungs
        END,
        dispatched_at = now()
      FROM json_to_recordset(${json(trials)}) AS r (number int, "targetStep" int)
      WHERE t.search_id = ${searchId} AND t.number = r.number AND ${WAITS}
        AND (r."targetStep" IS NULL OR r."targetStep" > t.target_step)
      RETURNING ${REF}, t.status = 'queued' AS queued`;
    return rows.filter(({ queued }) => queued).map(({ queued: _, ...ref }) => ref);
  }

  async prune(
    searchId: string,
    trials: readonly { readonly number: number; readonly reason: string }[],
  ): Promise<void> {
    if (trials.length === 0) return;
    await this.client.$executeRaw`
      WITH pruned AS (
        UPDATE trials t SET status = 'pruned', reason = r.reason, ended_at = now()
        FROM json_to_recordset(${json(trials)}) AS r (number int, reason text)
        WHERE t.search_id = ${searchId} AND t.number = r.number AND ${WAITS}
        RETURNING t.id
      )
      DELETE FROM checkpoints k USING pruned WHERE k.trial_id = pruned.id`;
  }

  async pruneWaiting(searchId: string, reason: string): Promise<void> {
    await this.client.$executeRaw`
      WITH pruned AS (
        UPDATE trials t SET status = 'pruned', reason = ${reason}, ended_at = now()
        FROM searches s
        WHERE t.search_id = ${searchId} AND ${WAITS} AND s.id = t.search_id AND s.status = 'running'
        RETURNING t.id
      )
      DELETE FROM checkpoints k USING pruned WHERE k.trial_id = pruned.id`;
  }

  async appendLog(searchId: string, entries: readonly LogEntry[]): Promise<boolean> {
    if (entries.length === 0) return true;
    try {
      await this.client.schedulerLogEntry.createMany({ data: entries.map((entry) => ({ searchId, ...entry })) });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  async readLog(searchId: string, { from, limit }: Parameters<RungStore['readLog']>[1]): Promise<readonly LogEntry[]> {
    return this.client.schedulerLogEntry.findMany({
      where: { searchId, seq: { gte: from } },
      orderBy: { seq: 'asc' },
      take: limit,
      select: { seq: true, number: true, step: true },
    });
  }
}
