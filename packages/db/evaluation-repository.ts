import type { EvaluationStore } from '@caviar/orchestrator';
import type { LineageSegment, TestEvaluation } from '@caviar/spec';
import type { Client } from './client.js';
import { CHANGES, json } from './trial-sql.js';

/** Opened test sets, one per search. */
export class EvaluationRepository implements EvaluationStore {
  constructor(private readonly client: Client) {}

  async find(searchId: string): Promise<TestEvaluation | null> {
    const [row] = await this.client.$read<TestEvaluation[]>`
      SELECT trial_id AS "trialId", number, rows, metrics, evaluated_at AS "evaluatedAt"
      FROM test_evaluations WHERE search_id = ${searchId}`;
    return row ?? null;
  }

  async keep(searchId: string, { trialId, number, rows, metrics }: Omit<TestEvaluation, 'evaluatedAt'>): Promise<void> {
    await this.client.$executeRaw`
      INSERT INTO test_evaluations (search_id, trial_id, number, rows, metrics)
      SELECT s.id, ${trialId}, ${number}, ${rows}, ${json(metrics)} FROM searches s WHERE s.id = ${searchId}
      ON CONFLICT (search_id) DO NOTHING`;
  }

  async lineage(trialId: string): Promise<readonly LineageSegment[]> {
    return this.client.$read<LineageSegment[]>`
      WITH RECURSIVE line AS (
        SELECT t.id, t.search_id, t.number, t.params, t.parent, 0 AS depth,
          CASE WHEN t.status = 'completed' THEN NULL ELSE t.step END AS until_step
        FROM trials t WHERE t.id = ${trialId}
        UNION ALL
        SELECT p.id, p.search_id, p.number, p.params, p.parent, l.depth + 1, (l.parent->>'step')::int
        FROM line l JOIN trials p ON p.search_id = l.search_id AND p.number = (l.parent->>'number')::int
      )
      SELECT l.number, l.params, l.until_step AS "untilStep", coalesce(${CHANGES}, '[]') AS changes
      FROM line l JOIN trials t ON t.id = l.id ORDER BY l.depth DESC`;
  }
}
