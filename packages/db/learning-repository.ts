import type { LearningStore } from '@caviar/orchestrator';
import type { Client } from './client.js';
import { inMs, json } from './trial-sql.js';

type Summary = Parameters<LearningStore['keep']>[2];

/** Summaries of what samplers have learnt, in Postgres. */
export class LearningRepository implements LearningStore {
  constructor(private readonly client: Client) {}

  async read(searchId: string, key: string): Promise<Summary | null> {
    const [row] = await this.client.$read<Summary[]>`
      SELECT below, learnt FROM learning_summaries WHERE search_id = ${searchId} AND key = ${key} AND learnt IS NOT NULL`;
    return row ?? null;
  }

  async take(searchId: string, key: string, leaseMs: number): Promise<boolean> {
    const taken = await this.client.$executeRaw`
      INSERT INTO learning_summaries AS l (search_id, key, taken_until)
      SELECT s.id, ${key}, ${inMs(leaseMs)} FROM searches s WHERE s.id = ${searchId}
      ON CONFLICT (search_id) DO UPDATE SET
        taken_until = excluded.taken_until,
        below = CASE WHEN l.key = excluded.key THEN l.below ELSE 0 END,
        learnt = CASE WHEN l.key = excluded.key THEN l.learnt END,
        key = excluded.key
      WHERE l.key <> excluded.key OR l.taken_until <= now()`;
    return taken > 0;
  }

  async keep(searchId: string, key: string, { below, learnt }: Summary, leaseMs: number): Promise<void> {
    await this.client.$executeRaw`
      INSERT INTO learning_summaries AS l (search_id, key, below, learnt, taken_until)
      SELECT s.id, ${key}, ${below}, ${json(learnt)}, ${inMs(leaseMs)} FROM searches s WHERE s.id = ${searchId}
      ON CONFLICT (search_id) DO UPDATE SET
        key = excluded.key, below = excluded.below, learnt = excluded.learnt, taken_until = excluded.taken_until
      WHERE l.key <> excluded.key OR l.below < excluded.below`;
  }

  async renew(searchId: string, key: string, leaseMs: number): Promise<void> {
    await this.client.$executeRaw`
      UPDATE learning_summaries SET taken_until = ${inMs(leaseMs)} WHERE search_id = ${searchId} AND key = ${key}`;
  }
}
