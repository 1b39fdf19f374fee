import type {
  EditStore,
  PendingEdits,
  Rewound,
  SettledEdits,
  StoredEdit,
  TrialLease,
  TrialRef,
} from '@caviar/orchestrator';
import type { Measurement, Params } from '@caviar/spec';
import type { Client } from './client.js';
import { Prisma } from './generated/client.js';
import { json, REF } from './trial-sql.js';

/** Changes that nobody has settled, of trial_edits e. */
const PENDING = Prisma.sql`e.kind = 'params' AND e.settled_at IS NULL AND e.undone_by IS NULL`;

/** What people do to trials, one statement each. */
export class EditRepository implements EditStore {
  constructor(private readonly client: Client) {}

  async request(
    trialId: string,
    { params, actor }: { readonly params: Params; readonly actor: string },
  ): Promise<number | null> {
    const [row] = await this.client.$queryRaw<{ number: number }[]>`
      WITH edited AS (
        UPDATE trials t SET edits = t.edits + 1, pending_edits = t.pending_edits + 1
        WHERE t.id = ${trialId} AND t.status IN ('queued', 'running', 'paused') AND t.attempt > 0
        RETURNING t.id, t.edits
      )
      INSERT INTO trial_edits (trial_id, number, kind, params, actor)
      SELECT id, edits, 'params', ${json(params)}, ${actor} FROM edited
      RETURNING number`;
    return row?.number ?? null;
  }

  async pending(trialId: string): Promise<PendingEdits> {
    const [row] = await this.client.$read<{ fromStep: number; edits: PendingEdits['edits'] | null }[]>`
      SELECT coalesce((SELECT max(m.step) FROM measurements m WHERE m.trial_id = ${trialId}), 0) AS "fromStep",
        (
          SELECT json_agg(json_build_object('number', e.number, 'params', e.params) ORDER BY e.number)
          FROM trial_edits e WHERE e.trial_id = ${trialId} AND ${PENDING}
        ) AS edits`;
    return { fromStep: row?.fromStep ?? 0, edits: row?.edits ?? [] };
  }

  async settle({ trialId, attempt }: TrialLease, { step, outcomes }: SettledEdits): Promise<boolean> {
    const numbers = outcomes.map(({ number }) => number);
    const holds = outcomes.some(({ refusal }) => refusal === null);
    const rows = await this.client.$queryRaw<{ id: string }[]>`
      WITH held AS (
        UPDATE trials t SET
          -- Counted, not subtracted: a repetition of this statement finds nothing to settle.
          pending_edits = t.pending_edits
            - (SELECT count(*)::int FROM trial_edits e WHERE e.trial_id = t.id AND e.number = ANY(${numbers}) AND ${PENDING}),
          edited_from = CASE WHEN ${holds} THEN least(t.edited_from, ${step}::int) ELSE t.edited_from END
        WHERE t.id = ${trialId} AND t.attempt = ${attempt} AND t.status = 'running'
        RETURNING t.id
      ),
      settled AS (
        UPDATE trial_edits e SET
          after_step = CASE WHEN o.refusal IS NULL THEN ${step}::int END, refusal = o.refusal, settled_at = now()
        FROM held, json_to_recordset(${json(outcomes)}) AS o (number int, refusal text)
        WHERE e.trial_id = held.id AND e.number = o.number AND ${PENDING}
      )
      SELECT id FROM held`;
    return rows.length > 0;
  }

  async rewind(trialId: string, { step, actor }: { readonly step: number; readonly actor: string }): Promise<Rewound> {
    // Two statements: the second one must see what a worker has stored until the first one had the lock.
    return this.client.$transaction(async (tx) => {
      interface Place {
        readonly from: number;
        readonly below: number;
        readonly isMeasured: boolean;
        readonly before: number | null;
      }
      const locked = await tx.$executeRaw`
        SELECT FROM trials t JOIN searches s ON s.id = t.search_id
        WHERE t.id = ${trialId} AND t.status IN ('queued', 'running', 'paused') AND t.attempt > 0
          AND NOT t.cancel_requested AND s.status IN ('running', 'paused')
        FOR NO KEY UPDATE OF t`;
      if (locked === 0) return { kind: 'gone' };
      const [place] = await tx.$queryRaw<Place[]>`
        SELECT
          greatest(
            coalesce((t.parent->>'step')::int, 0),
            (SELECT max(rung::int) FROM json_object_keys(t.rungs) AS rung)
          ) AS from,
          coalesce((SELECT max(m.step) FROM measurements m WHERE m.trial_id = t.id), 0) AS below,
          EXISTS (SELECT FROM measurements m WHERE m.trial_id = t.id AND m.step = ${step}::int) AS "isMeasured",
          (SELECT max(m.step) FROM measurements m WHERE m.trial_id = t.id AND m.step < ${step}::int) AS before
        FROM trials t WHERE t.id = ${trialId}`;
      const { from, below, isMeasured, before } = place!;
      if (step < from || step >= below) return { kind: 'out-of-range', from, below };
      if (!isMeasured && step !== from) return { kind: 'not-measured', before: before ?? from };
      const [ref] = await tx.$queryRaw<(TrialRef & { isQueued: boolean })[]>`
        WITH rewound AS (
          UPDATE trials t SET
            status = CASE WHEN t.status = 'paused' OR t.pause_requested THEN 'paused' ELSE 'queued' END::trial_status,
            edits = t.edits + 1, pending_edits = 0, step = ${step}::int, value = NULL, rank_key = NULL,
            metrics = coalesce((SELECT m.metrics FROM measurements m WHERE m.trial_id = t.id AND m.step = ${step}::int), '{}'),
            edited_from = (
              SELECT min(e.after_step) FROM trial_edits e
              WHERE e.trial_id = t.id AND e.kind = 'params' AND e.undone_by IS NULL AND e.after_step < ${step}::int
            ),
            reason = ${`taken back to step ${step} by ${actor}`}, lease_expires_at = NULL, dispatched_at = now()
          WHERE t.id = ${trialId}
          RETURNING ${REF}, t.edits, t.status = 'queued' AS "isQueued"
        ),
        logged AS (
          INSERT INTO trial_edits (trial_id, number, kind, params, after_step, actor, settled_at)
          SELECT id, edits, 'rewind', '{}', ${step}::int, ${actor}, now() FROM rewound
        ),
        undone AS (
          UPDATE trial_edits e SET undone_by = r.edits FROM rewound r
          WHERE e.trial_id = r.id AND e.kind = 'params' AND e.undone_by IS NULL AND e.refusal IS NULL
            AND (e.after_step IS NULL OR e.after_step >= ${step}::int)
        ),
        taken AS (DELETE FROM measurements m USING rewound r WHERE m.trial_id = r.id AND m.step > ${step}::int RETURNING m.*),
        superseded AS (
          INSERT INTO superseded_measurements (trial_id, edit, step, metrics, elapsed_ms, timing, created_at)
          SELECT m.trial_id, r.edits, m.step, m.metrics, m.elapsed_ms, m.timing, m.created_at FROM taken m, rewound r
        ),
        dropped AS (DELETE FROM checkpoints k USING rewound r WHERE k.trial_id = r.id AND k.step > ${step}::int)
        SELECT id, "searchId", attempt, "isQueued" FROM rewound`;
      const { isQueued, ...trial } = ref!;
      return { kind: 'rewound', trial: isQueued ? trial : null };
    });
  }

  async superseded(trialId: string, number: number): Promise<readonly Measurement[]> {
    return this.client.$read<Measurement[]>`
      SELECT step, metrics, elapsed_ms AS "elapsedMs", timing FROM superseded_measurements
      WHERE trial_id = ${trialId} AND edit = ${number} ORDER BY step`;
  }

  async list(trialId: string): Promise<readonly StoredEdit[]> {
    return this.client.$read<StoredEdit[]>`
      SELECT number, kind, params, after_step AS "afterStep", actor, refusal, undone_by AS "undoneBy",
        requested_at AS "requestedAt", settled_at AS "settledAt"
      FROM trial_edits WHERE trial_id = ${trialId} ORDER BY number`;
  }
}
