import type { EditStore, PendingEdits, SettledEdits, StoredEdit, TrialLease } from '@caviar/orchestrator';
import type { Params } from '@caviar/spec';
import type { Client } from './client.js';
import { Prisma } from './generated/client.js';
import { json } from './trial-sql.js';

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
    const [row] = await this.client.$queryRaw<{ fromStep: number; edits: PendingEdits['edits'] | null }[]>`
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

  async list(trialId: string): Promise<readonly StoredEdit[]> {
    return this.client.$queryRaw<StoredEdit[]>`
      SELECT number, kind, params, after_step AS "afterStep", actor, refusal, undone_by AS "undoneBy",
        requested_at AS "requestedAt", settled_at AS "settledAt"
      FROM trial_edits WHERE trial_id = ${trialId} ORDER BY number`;
  }
}
