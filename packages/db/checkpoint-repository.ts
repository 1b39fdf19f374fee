import type { CheckpointStore, TrialCheckpoint, TrialLease } from '@caviar/orchestrator';
import type { Client } from './client.js';
import { Prisma } from './generated/client.js';

/** What happens to a checkpoint that is there already: the same bits, unless a rewind came in between. */
export const REPLACED = Prisma.sql`
  ON CONFLICT (trial_id, step) DO UPDATE SET elapsed_ms = excluded.elapsed_ms, data = excluded.data, created_at = now()`;

/** Up to here one comes with the claim of its trial; what is larger would take so long that the lease could be over before it is there. */
export const WHOLE_BYTES = 2 ** 20;
/** A piece takes some 40 ms of the reader's thread. */
const PIECE_BYTES = 2 ** 23;

/** Checkpoints of running trials. */
export class CheckpointRepository implements CheckpointStore {
  constructor(private readonly client: Client) {}

  async keep({ trialId, attempt }: TrialLease, { step, elapsedMs, data }: TrialCheckpoint): Promise<boolean> {
    // The lock keeps a rewind, which removes later checkpoints, from coming between the look and the deed.
    const kept = await this.client.$executeRaw`
      WITH held AS (
        SELECT t.id FROM trials t
        WHERE t.id = ${trialId} AND t.attempt = ${attempt} AND t.status = 'running' AND t.step >= ${step}::int FOR NO KEY UPDATE
      ),
      -- Whoever comes further than the workers that were lost with it did not take them down there.
      forgotten AS (
        UPDATE trials t SET losses = 0 FROM held
        WHERE t.id = held.id AND t.losses > 0
          AND NOT EXISTS (SELECT FROM checkpoints k WHERE k.trial_id = held.id AND k.step >= ${step}::int)
      )
      INSERT INTO checkpoints (trial_id, step, elapsed_ms, data)
      SELECT id, ${step}::int, ${elapsedMs}::int, ${Buffer.from(data)}::bytea FROM held
      ${REPLACED}`;
    return kept > 0;
  }

  async read(trialId: string, step: number): Promise<Uint8Array | null> {
    const [found] = await this.client.$read<{ size: number }[]>`
      SELECT octet_length(k.data) AS size FROM checkpoints k WHERE k.trial_id = ${trialId} AND k.step = ${step}::int`;
    if (found === undefined) return null;
    const data = new Uint8Array(found.size);
    for (let from = 0; from < data.length; from += PIECE_BYTES) {
      const [row] = await this.client.$read<{ piece: Uint8Array }[]>`
        SELECT substring(k.data FROM ${from + 1}::int FOR ${PIECE_BYTES}::int) AS piece
        FROM checkpoints k WHERE k.trial_id = ${trialId} AND k.step = ${step}::int`;
      // Taken away meanwhile, or another one since, by whoever took the trial: it is not the caller's any more.
      if (row === undefined || row.piece.length !== Math.min(PIECE_BYTES, data.length - from)) return null;
      data.set(row.piece, from);
    }
    return data;
  }

  async tidy(most: number): Promise<number> {
    const ended = await this.client.$executeRaw`
      DELETE FROM checkpoints k USING trials t
      WHERE t.id = k.trial_id AND t.status IN ('completed', 'pruned', 'infeasible', 'failed', 'cancelled')`;
    // Those go first whose neighbours are nearest to each other: what is left lies ever wider apart as the trial goes on.
    const surplus = await this.client.$executeRaw`
      DELETE FROM checkpoints k USING (
        SELECT trial_id, step, total, row_number() OVER (PARTITION BY trial_id ORDER BY age <= 2, gap, step) AS place
        FROM (
          SELECT trial_id, step, lead(step) OVER w - coalesce(lag(step) OVER w, 0) AS gap,
            row_number() OVER (PARTITION BY trial_id ORDER BY step DESC) AS age,
            count(*) OVER (PARTITION BY trial_id) AS total
          FROM checkpoints WINDOW w AS (PARTITION BY trial_id ORDER BY step)
        ) neighbours
      ) ranked
      WHERE k.trial_id = ranked.trial_id AND k.step = ranked.step AND ranked.place <= ranked.total - ${Math.max(2, most)}::int`;
    return ended + surplus;
  }
}
