import type { MeasurementReport } from '@caviar/orchestrator';
import type { Objective, TrialStatus } from '@caviar/spec';
import { Prisma } from './generated/client.js';
import { jsonText } from './json-text.js';

/** A value as a json parameter. */
export const json = (value: unknown) => Prisma.sql`${jsonText(value)}::json`;

/** That many milliseconds from now, by the database's clock. */
export const inMs = (ms: number) => Prisma.sql`now() + ${ms}::float8 * interval '1 millisecond'`;

/**
 * That trial t is one of these, and has a status. Plans are kept (see client.ts), and may have been made when next to no trial had
 * it: compared as it is, the status would let such a plan read all of an index that was small then. By its text, only ids are left.
 */
export const among = (ids: readonly string[], status: TrialStatus) =>
  Prisma.sql`t.id = ANY(${ids as string[]}) AND t.status::text = ${status}`;

/**
 * That trial t is one of these, and still its last holder's: it runs, or its holder was told to leave it for a while and nobody has been
 * handed it since. Of such a one the lease stays, and does not run out.
 */
export const heldAmong = (ids: readonly string[]) => Prisma.sql`
  t.id = ANY(${ids as string[]})
  AND (t.status::text = 'running' OR t.lease_expires_at IS NOT NULL AND t.status::text IN ('queued', 'paused'))`;

export const idsOf = (trials: readonly { readonly trialId: string }[]) => trials.map(({ trialId }) => trialId);
/** Whether a trial may be tried now: a failed attempt is repeated after a while. Of trials t. */
export const IS_DUE = Prisma.sql`(t.retry_at IS NULL OR t.retry_at <= now())`;

/**
 * Whether a queued trial may be handed out, given its row and that of its search. Where more are in flight than `parallelism` says since
 * it was lowered, the first are for which there are places; those that callers added come on top. Two statements at the same moment take
 * theirs out of the same few, so that no lock is needed to keep to the bound. (Inside, t are those that wait.)
 */
export const HAS_PLACE = Prisma.sql`(
  s.places IS NULL OR t.given OR t.number IN (
    SELECT t.number FROM trials t WHERE t.search_id = s.id AND t.status = 'queued' AND NOT t.given AND ${IS_DUE}
    ORDER BY t.number LIMIT greatest(s.places - s.running, 0)
  )
)`;

/** A TrialRow, of trials t. */
export const TRIAL_COLUMNS = Prisma.sql`
  t.id, t.search_id AS "searchId", t.number, t.status, t.params, t.proposal, t.basis, t.round, t.attempt,
  t.worker_id AS "workerId", t.provenance, t.value, t.rank_key AS "rankKey", t.violation, t.step, t.metrics,
  t.edited_from AS "editedFrom", t.reason,
  t.created_at AS "createdAt", t.started_at AS "startedAt", t.ended_at AS "endedAt", t.duration_ms AS "durationMs"`;

/** Whether trials t are on the leaderboard. */
export const ON_BOARD = Prisma.sql`t.status IN ('completed', 'pruned', 'infeasible')`;

/** A TrialRef, of trials t. */
export const REF = Prisma.sql`t.id, t.search_id AS "searchId", t.attempt`;

/** What the holder of a trial is to do, given the row of the trial and of its search. */
export const CONTROL = Prisma.sql`
  CASE
    WHEN t.cancel_requested OR s.status IN ('completed', 'cancelled', 'failed') THEN 'cancel'
    WHEN s.status = 'paused' OR t.pause_requested OR t.status <> 'running' THEN 'pause'
    WHEN t.pending_edits > 0 THEN 'edit'
    ELSE 'continue'
  END`;

/**
 * Trials made so far, of the row of a search that is locked: numbers below are taken. A statement that inserts leaves them out
 * by that, for to run into a row that another statement changes is to wait for it, with the search locked: a deadlock.
 */
export const MADE = Prisma.sql`queued + running + paused + completed + pruned + infeasible + failed + cancelled AS made`;

/** What the value of a trial costs: lower is better. Of trials t. */
export function costOf(direction: Objective['direction']) {
  return direction === 'maximize' ? Prisma.sql`-t.value` : Prisma.sql`t.value`;
}

/**
 * Whether a trial has come to its target step, and been compared there: not by the step alone, for one that has measured it and
 * lost its worker has not. Of trials t.
 */
export const AT_RUNG = Prisma.sql`(t.target_step IS NOT NULL AND jsonb_exists(t.rungs::jsonb, t.target_step::text))`;

/** Changes that hold in a trial, each with its step, in order: with them it trains again to the same bits. Of trials t. */
export const CHANGES = Prisma.sql`
  CASE WHEN t.edits > 0 THEN (
    SELECT json_agg(json_build_object('afterStep', e.after_step, 'params', e.params) ORDER BY e.number)
    FROM trial_edits e
    WHERE e.trial_id = t.id AND e.kind = 'params' AND e.after_step IS NOT NULL AND e.undone_by IS NULL
  ) END`;

/** Milliseconds since `takenAt` (since 1970), as many as a column holds; `told` where whoever trained has measured them. */
export const spentMs = (told: Prisma.Sql, takenAt: Prisma.Sql) => Prisma.sql`
  coalesce(${told}, least(greatest(extract(epoch FROM now()) * 1000 - ${takenAt}, 0), 2147483647)::int)`;

/** Measurements as rows (trial_id, attempt, step, metrics, elapsed_ms, timing). */
export function reportRows(reports: readonly MeasurementReport[]) {
  return Prisma.sql`
    SELECT r."trialId" AS trial_id, r.attempt, r.step, r.metrics, r.timing,
      ${spentMs(Prisma.sql`r."elapsedMs"`, Prisma.sql`r."takenAt"`)} AS elapsed_ms
    FROM json_to_recordset(${json(reports)}) AS r (
      "trialId" text, attempt int, step int, metrics json, "elapsedMs" int, "takenAt" float8, timing json
    )`;
}

/** Stores `report` for the trials that `held` proves to be the caller's; a step that is there already stays. */
export function storeReports() {
  return Prisma.sql`
    INSERT INTO measurements (trial_id, step, metrics, elapsed_ms, timing)
    SELECT r.trial_id, r.step, r.metrics, r.elapsed_ms, r.timing FROM report r JOIN held ON held.id = r.trial_id
    ON CONFLICT (trial_id, step) DO NOTHING`;
}
