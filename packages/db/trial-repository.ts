import type {
  ClaimedTrial,
  MeasurementReport,
  NewTrial,
  ProposedFor,
  RetriedTrial,
  TrialControl,
  TrialFailure,
  TrialFinish,
  TrialHolder,
  TrialLease,
  TrialRef,
  TrialRelease,
  TrialStore,
} from '@caviar/orchestrator';
import type { Metrics, ParamChange, Params, Trial } from '@caviar/spec';
import { REPLACED, WHOLE_BYTES } from './checkpoint-repository.js';
import { Prisma } from './generated/client.js';
import { TrialReader } from './trial-reader.js';
import {
  AT_RUNG,
  among,
  CHANGES,
  CONTROL,
  HAS_PLACE,
  heldAmong,
  IS_DUE,
  idsOf,
  inMs,
  json,
  MADE,
  REF,
  reportRows,
  spentMs,
  storeReports,
} from './trial-sql.js';

/** A failed attempt is repeated after 1, 3, 9, ... seconds, a quarter more or less, and a minute at most. */
const RETRY_FACTOR = 3;
const RETRY_MOST_S = 60;

/** Whether a trial that nobody holds any more is not to be tried again: its search has ended meanwhile, or somebody wants it to. */
const IS_UNWANTED = Prisma.sql`(s.status NOT IN ('running', 'paused') OR t.cancel_requested)`;

/** Where a trial goes that its worker gives back: on the queue, unless it is unwanted. */
const QUEUED_OR_CANCELLED = Prisma.sql`
  CASE WHEN ${IS_UNWANTED} THEN 'cancelled' WHEN t.pause_requested THEN 'paused' ELSE 'queued' END::trial_status`;

/** Why an unwanted trial ends. */
const WHY_UNWANTED = Prisma.sql`CASE WHEN t.cancel_requested THEN t.reason ELSE coalesce(s.reason, 'the search has ended') END`;

/**
 * The transitions of trials, one statement each: a statement either happens whole or not at all, takes many trials at a
 * time, and changes only rows that are in the state and attempt it names. Counters follow by trigger (see the migration).
 */
export class TrialRepository extends TrialReader implements TrialStore {
  async add({ id, spaceVersion, given }: ProposedFor, trials: readonly NewTrial[]): Promise<readonly TrialRef[]> {
    if (trials.length === 0) return [];
    return this.client.$queryRaw<TrialRef[]>`
      INSERT INTO trials AS t (id, search_id, number, params, proposal, basis, round, dispatched_at)
      SELECT r.id, s.id, r.number, r.params, r.proposal, r.basis, r.round, now()
      FROM json_to_recordset(${json(trials)}) AS r (id text, number int, params json, proposal text, basis json, round int)
      CROSS JOIN (
        SELECT id, ${MADE} FROM searches
        WHERE id = ${id} AND status = 'running' AND space_version = ${spaceVersion} AND given = ${given} FOR NO KEY UPDATE
      ) s
      WHERE r.number >= s.made
      ORDER BY r.number
      ON CONFLICT (search_id, number) DO NOTHING
      RETURNING ${REF}`;
  }

  async claim(
    ids: readonly string[],
    { workerId, provenance, leaseMs }: TrialHolder,
  ): Promise<readonly ClaimedTrial[]> {
    interface Row {
      readonly trialId: string;
      readonly searchId: string;
      readonly number: number;
      readonly attempt: number;
      readonly params: Params;
      readonly targetStep: number | null;
      readonly checkpointStep: number | null;
      readonly elapsedMs: number | null;
      readonly data: Uint8Array | null;
      readonly metrics: Metrics | null;
      readonly changes: readonly ParamChange[] | null;
      readonly hasEdits: boolean;
    }
    const rows = await this.client.$queryRaw<Row[]>`
      WITH claimed AS (
        UPDATE trials t SET status = 'running', attempt = t.attempt + 1, worker_id = ${workerId}, provenance = ${json(provenance)},
          lease_expires_at = ${inMs(leaseMs)}, started_at = coalesce(t.started_at, now()), reason = NULL
        FROM searches s
        WHERE ${among(ids, 'queued')} AND s.id = t.search_id AND s.status = 'running'
          AND NOT s.external AND ${IS_DUE} AND ${HAS_PLACE}
        RETURNING t.id, t.search_id, t.number, t.attempt, t.params, t.target_step, t.pending_edits, ${CHANGES} AS changes
      )
      SELECT c.id AS "trialId", c.search_id AS "searchId", c.number, c.attempt, c.params,
        c.target_step AS "targetStep", k.step AS "checkpointStep", k.elapsed_ms AS "elapsedMs",
        CASE WHEN octet_length(k.data) <= ${WHOLE_BYTES}::int THEN k.data END AS data, m.metrics,
        c.changes, c.pending_edits > 0 AS "hasEdits"
      FROM claimed c LEFT JOIN LATERAL (
        SELECT * FROM checkpoints k WHERE k.trial_id = c.id ORDER BY k.step DESC LIMIT 1
      ) k ON true LEFT JOIN measurements m ON m.trial_id = c.id AND m.step = k.step
      ORDER BY c.number`;
    return rows.map(({ checkpointStep: step, elapsedMs, data, metrics, changes, ...trial }) => ({
      ...trial,
      changes: changes ?? [],
      checkpoint: step === null || elapsedMs === null ? null : { step, elapsedMs, data, metrics: metrics ?? {} },
    }));
  }

  async record(reports: readonly MeasurementReport[], leaseMs: number): Promise<ReadonlyMap<string, TrialControl>> {
    if (reports.length === 0) return new Map();
    const rows = await this.client.$queryRaw<{ id: string; control: TrialControl }[]>`
      WITH report AS (${reportRows(reports)}),
      newest AS (SELECT DISTINCT ON (trial_id) * FROM report ORDER BY trial_id, step DESC),
      held AS (
        UPDATE trials t SET step = n.step, metrics = n.metrics, lease_expires_at = ${inMs(leaseMs)}
        FROM newest n
        WHERE t.id = n.trial_id AND t.attempt = n.attempt AND ${among(idsOf(reports), 'running')}
        RETURNING t.id, t.search_id, t.status, t.cancel_requested, t.pause_requested, t.pending_edits
      ),
      stored AS (${storeReports()})
      SELECT t.id, ${CONTROL} AS control FROM held t JOIN searches s ON s.id = t.search_id`;
    return toControls(reports, rows);
  }

  async renew(leases: readonly TrialLease[], leaseMs: number): Promise<ReadonlyMap<string, TrialControl>> {
    if (leases.length === 0) return new Map();
    const rows = await this.client.$queryRaw<{ id: string; control: TrialControl }[]>`
      UPDATE trials t SET lease_expires_at = ${inMs(leaseMs)}
      FROM json_to_recordset(${json(leases)}) AS r ("trialId" text, attempt int), searches s
      WHERE t.id = r."trialId" AND t.attempt = r.attempt AND ${heldAmong(idsOf(leases))} AND s.id = t.search_id
      RETURNING t.id, ${CONTROL} AS control`;
    return toControls(leases, rows);
  }

  async controls(leases: readonly TrialLease[]): Promise<ReadonlyMap<string, TrialControl>> {
    if (leases.length === 0) return new Map();
    const rows = await this.client.$read<{ id: string; control: TrialControl }[]>`
      SELECT t.id, ${CONTROL} AS control
      FROM json_to_recordset(${json(leases)}) AS r ("trialId" text, attempt int), trials t, searches s
      WHERE t.id = r."trialId" AND t.attempt = r.attempt AND ${heldAmong(idsOf(leases))} AND s.id = t.search_id`;
    return toControls(leases, rows);
  }

  async finish(finishes: readonly TrialFinish[], reports: readonly MeasurementReport[]): Promise<readonly string[]> {
    if (finishes.length === 0) return [];
    const rows = await this.client.$queryRaw<{ id: string }[]>`
      WITH report AS (${reportRows(reports)}),
      held AS (
        UPDATE trials t SET status = f.status::trial_status, value = f.value, rank_key = f."rankKey", violation = f.violation,
          step = coalesce(f.step, t.step),
          metrics = f.metrics, reason = f.reason, duration_ms = ${spentMs(Prisma.sql`f."durationMs"`, Prisma.sql`f."takenAt"`)},
          ended_at = now(), lease_expires_at = NULL
        FROM json_to_recordset(${json(finishes)}) AS f (
          "trialId" text, attempt int, status text, value float8, "rankKey" float8, violation float8, step int, metrics json,
          reason text, "durationMs" int, "takenAt" float8, "searchId" text
        )
        WHERE t.id = f."trialId" AND t.attempt = f.attempt AND ${heldAmong(idsOf(finishes))}
          -- Who was told to leave it may have come to its end all the same; that it was left is no end.
          AND (t.status::text = 'running' OR f.status IN ('completed', 'infeasible'))
          AND t.search_id = coalesce(f."searchId", t.search_id)
        RETURNING t.id
      ),
      stored AS (${storeReports()}),
      dropped AS (DELETE FROM checkpoints k USING held WHERE k.trial_id = held.id)
      SELECT id FROM held`;
    return rows.map(({ id }) => id);
  }

  async fail(failures: readonly TrialFailure[]): Promise<readonly RetriedTrial[]> {
    if (failures.length === 0) return [];
    const rows = await this.client.$queryRaw<(RetriedTrial & { queued: boolean })[]>`
      WITH failed AS (UPDATE trials t SET
        failures = t.failures + 1,
        retry_at = now() + least(${RETRY_MOST_S}::float8, power(${RETRY_FACTOR}::float8, t.failures))
          * (0.75 + 0.5 * random()) * interval '1 second',
        status = CASE WHEN t.failures + 1 > f."maxRetries" THEN 'failed' ELSE ${QUEUED_OR_CANCELLED} END,
        ended_at = CASE WHEN t.failures + 1 > f."maxRetries" OR ${IS_UNWANTED} THEN now() END,
        reason = f.reason, lease_expires_at = NULL, dispatched_at = now()
      FROM json_to_recordset(${json(failures)}) AS f (
        "trialId" text, attempt int, reason text, "maxRetries" int, "searchId" text, "isOfParams" boolean
      ), searches s
      WHERE t.id = f."trialId" AND t.attempt = f.attempt AND ${among(idsOf(failures), 'running')} AND s.id = t.search_id
        AND s.id = coalesce(f."searchId", s.id)
      RETURNING ${REF}, t.status = 'queued' AS queued, t.worker_id, coalesce(f."isOfParams", false) AS "isOfParams",
        (extract(epoch FROM t.retry_at - now()) * 1000)::float8 AS "retryMs"
      ),
      struck AS (${strike('failed', Prisma.sql`SELECT id, worker_id FROM failed WHERE NOT "isOfParams"`)})
      SELECT id, "searchId", attempt, queued, "retryMs" FROM failed`;
    return rows.filter(({ queued }) => queued).map(({ queued: _, ...retried }) => retried);
  }

  async release(releases: readonly TrialRelease[]): Promise<readonly TrialRef[]> {
    const released = await Promise.all(releases.map((release) => this.#releaseOne(release)));
    return queuedOnly(released.flat());
  }

  async #releaseOne({ trialId, attempt, to, reason, checkpoint, keepsLease = false }: TrialRelease) {
    // Resumed meanwhile, it does not wait.
    const isPaused =
      to === 'queued' ? Prisma.sql`t.pause_requested` : Prisma.sql`(t.pause_requested OR s.status = 'paused')`;
    const target = Prisma.sql`CASE WHEN ${isPaused} THEN 'paused' ELSE 'queued' END`;
    const released = Prisma.sql`
      UPDATE trials t SET
        status = CASE WHEN s.status IN ('running', 'paused') AND NOT t.cancel_requested THEN ${target} ELSE 'cancelled' END::trial_status,
        ended_at = CASE WHEN s.status IN ('running', 'paused') AND NOT t.cancel_requested THEN NULL ELSE now() END,
        reason = ${reason}, lease_expires_at = CASE WHEN ${keepsLease}::boolean THEN t.lease_expires_at END,
        dispatched_at = now()
      FROM searches s
      WHERE t.id = ${trialId} AND t.attempt = ${attempt} AND t.status = 'running' AND s.id = t.search_id
      RETURNING ${REF}, t.status = 'queued' AS queued`;
    if (checkpoint === null) return this.client.$queryRaw<(TrialRef & { queued: boolean })[]>(released);
    return this.client.$queryRaw<(TrialRef & { queued: boolean })[]>`
      WITH released AS (${released}),
      stored AS (
        INSERT INTO checkpoints (trial_id, step, elapsed_ms, data)
        SELECT id, ${checkpoint.step}::int, ${checkpoint.elapsedMs}::int, ${Buffer.from(checkpoint.data)}::bytea FROM released
        ${REPLACED}
      )
      SELECT * FROM released`;
  }

  async cancel(id: string, reason: string): Promise<Trial | null> {
    await this.client.$executeRaw`
      UPDATE trials SET
        cancel_requested = true,
        status = CASE status WHEN 'running' THEN 'running' ELSE 'cancelled' END::trial_status,
        ended_at = CASE status WHEN 'running' THEN ended_at ELSE now() END,
        reason = ${reason}
      WHERE id = ${id} AND status IN ('queued', 'running', 'paused')`;
    return this.get(id);
  }

  async pauseOne(id: string, reason: string): Promise<Trial | null> {
    await this.client.$executeRaw`
      UPDATE trials t SET
        pause_requested = true,
        status = CASE t.status WHEN 'queued' THEN 'paused' ELSE t.status END::trial_status,
        -- One that waits for its scheduler goes on saying so.
        reason = CASE WHEN t.status = 'paused' AND ${AT_RUNG} THEN t.reason ELSE ${reason} END
      FROM searches s
      WHERE t.id = ${id} AND t.status IN ('queued', 'running', 'paused') AND NOT t.pause_requested AND NOT t.cancel_requested
        AND s.id = t.search_id AND s.status IN ('running', 'paused')`;
    return this.get(id);
  }

  async resumeOne(id: string): Promise<{ readonly trial: Trial; readonly ref: TrialRef | null } | null> {
    const rows = await this.client.$queryRaw<(TrialRef & { queued: boolean })[]>`
      UPDATE trials t SET
        pause_requested = false,
        status = CASE
          WHEN t.status = 'paused' AND s.status = 'running' AND NOT ${AT_RUNG} THEN 'queued'
          ELSE t.status
        END::trial_status,
        reason = CASE WHEN t.status = 'paused' AND ${AT_RUNG} THEN t.reason END, dispatched_at = now()
      FROM searches s
      WHERE t.id = ${id} AND t.status IN ('running', 'paused') AND t.pause_requested AND s.id = t.search_id
      RETURNING ${REF}, t.status = 'queued' AND NOT s.external AS queued`;
    const trial = await this.get(id);
    return trial === null ? null : { trial, ref: queuedOnly(rows)[0] ?? null };
  }

  async cancelOpen(searchId: string, reason: string): Promise<void> {
    await this.client.$executeRaw`
      UPDATE trials SET status = 'cancelled', ended_at = now(), reason = ${reason}
      WHERE search_id = ${searchId} AND status IN ('queued', 'paused')`;
  }

  async resume(searchId: string): Promise<readonly TrialRef[]> {
    return this.client.$queryRaw<TrialRef[]>`
      UPDATE trials t SET status = 'queued', reason = NULL, dispatched_at = now()
      WHERE t.search_id = ${searchId} AND t.status = 'paused'
        -- Those that have come to their target step wait for their scheduler, and some for a person.
        AND NOT ${AT_RUNG} AND NOT t.pause_requested
      RETURNING ${REF}`;
  }

  async reclaimExpired(maxLosses: number, graceMs = 0): Promise<readonly TrialRef[]> {
    const rows = await this.client.$queryRaw<(TrialRef & { queued: boolean })[]>`
      WITH lost AS (UPDATE trials t SET
        losses = t.losses + 1,
        status = CASE WHEN t.losses + 1 >= ${maxLosses} THEN 'failed' ELSE ${QUEUED_OR_CANCELLED} END,
        ended_at = CASE WHEN t.losses + 1 >= ${maxLosses} OR ${IS_UNWANTED} THEN now() END,
        reason = CASE WHEN ${IS_UNWANTED} AND t.losses + 1 < ${maxLosses} THEN ${WHY_UNWANTED} ELSE
          'worker ' || coalesce(t.worker_id, '?') || ' was lost at step ' || t.step
          || CASE WHEN t.losses + 1 >= ${maxLosses} THEN '; ' || (t.losses + 1) || ' workers were lost with this trial' ELSE '' END END,
        lease_expires_at = NULL, dispatched_at = now()
      FROM searches s
      WHERE t.status = 'running' AND t.lease_expires_at < now() AND s.id = t.search_id
        AND pg_postmaster_start_time() < ${inMs(-graceMs)}
      RETURNING ${REF}, t.status = 'queued' AND NOT s.external AS queued, t.worker_id
      ),
      struck AS (${strike('lost', Prisma.sql`SELECT id, worker_id FROM lost`)})
      SELECT id, "searchId", attempt, queued FROM lost`;
    return queuedOnly(rows);
  }

  async takeUndispatched(olderThanMs: number, limit: number): Promise<readonly TrialRef[]> {
    return this.client.$queryRaw<TrialRef[]>`
      UPDATE trials t SET dispatched_at = now()
      WHERE t.id IN (
        SELECT t.id FROM trials t JOIN searches s ON s.id = t.search_id
        WHERE t.status = 'queued' AND s.status = 'running' AND NOT s.external AND ${IS_DUE} AND ${HAS_PLACE}
          AND (t.dispatched_at IS NULL OR t.dispatched_at < ${inMs(-olderThanMs)})
        ORDER BY t.dispatched_at NULLS FIRST LIMIT ${limit} FOR UPDATE OF t SKIP LOCKED
      )
      RETURNING ${REF}`;
  }

  async havePlaces(searchId: string): Promise<readonly TrialRef[]> {
    return this.client.$queryRaw<TrialRef[]>`
      WITH settled AS (UPDATE searches SET places = NULL WHERE id = ${searchId} AND queued + running <= places)
      SELECT ${REF} FROM trials t JOIN searches s ON s.id = t.search_id
      WHERE s.id = ${searchId} AND s.status = 'running' AND t.status = 'queued' AND ${IS_DUE} AND ${HAS_PLACE}
      ORDER BY t.number`;
  }

  async cancelLeftovers(): Promise<void> {
    await this.client.$executeRaw`
      UPDATE trials t SET status = 'cancelled', ended_at = now(), reason = 'the search has ended'
      FROM searches s
      WHERE t.status IN ('queued', 'paused') AND s.id = t.search_id AND s.status IN ('completed', 'cancelled', 'failed')`;
  }
}

/** Notes ends that may be the machine's fault; code outside has no machine that we know of. */
function strike(kind: 'failed' | 'lost', ended: Prisma.Sql) {
  return Prisma.sql`
    INSERT INTO host_strikes (host, worker_id, trial_id, kind)
    SELECT w.host, w.id, e.id, ${kind} FROM (${ended}) e JOIN workers w ON w.id = e.worker_id`;
}

function queuedOnly(rows: readonly (TrialRef & { readonly queued: boolean })[]): readonly TrialRef[] {
  return rows.filter(({ queued }) => queued).map(({ id, searchId, attempt }) => ({ id, searchId, attempt }));
}

function toControls(
  leases: readonly TrialLease[],
  rows: readonly { readonly id: string; readonly control: TrialControl }[],
): ReadonlyMap<string, TrialControl> {
  const controls = new Map<string, TrialControl>(leases.map(({ trialId }) => [trialId, 'lost']));
  for (const { id, control } of rows) controls.set(id, control);
  return controls;
}
