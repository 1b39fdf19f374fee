import type { ModelStore } from '@caviar/orchestrator';
import type { Client } from './client.js';

/** Networks in Postgres. */
export class ModelRepository implements ModelStore {
  constructor(private readonly client: Client) {}

  async find(trialId: string): Promise<Uint8Array | null> {
    const [row] = await this.client.$read<{ data: Uint8Array }[]>`
      SELECT data FROM trial_models WHERE trial_id = ${trialId}`;
    return row?.data ?? null;
  }

  async keep(trialId: string, data: Uint8Array, atMost: number): Promise<void> {
    await this.client.$executeRaw`
      INSERT INTO trial_models (trial_id, data) SELECT t.id, ${Buffer.from(data)}::bytea FROM trials t WHERE t.id = ${trialId}
      ON CONFLICT (trial_id) DO UPDATE SET data = excluded.data, created_at = now()`;
    await this.client.$executeRaw`
      DELETE FROM trial_models WHERE trial_id IN (
        SELECT m.trial_id FROM trial_models m
        JOIN trials t ON t.id = m.trial_id JOIN trials mine ON mine.search_id = t.search_id
        WHERE mine.id = ${trialId} ORDER BY m.created_at DESC, m.trial_id OFFSET ${atMost}
      )`;
  }
}
