import type { Page, WorkerInfo, WorkerListQuery, WorkerStore, WorkerView } from '@caviar/orchestrator';
import { z } from 'zod';
import type { Client } from './client.js';
import { cursorFields, cutPage, decodeCursor } from './cursor.js';
import { Prisma } from './generated/client.js';

const cursorSchema = z.object({ order: cursorFields.count, startedAt: cursorFields.time, id: cursorFields.id });

/** Silence after which a worker counts as lost. */
const LOST_AFTER_MS = 15_000;

/** Worker processes, as they report themselves. */
export class WorkerRepository implements WorkerStore {
  constructor(private readonly client: Client) {}

  async heartbeat({ id, host, pid, concurrency, runtime }: WorkerInfo): Promise<void> {
    await this.client.$executeRaw`
      INSERT INTO workers (id, host, pid, concurrency, runtime)
      VALUES (${id}, ${host}, ${pid}, ${concurrency}, ${JSON.stringify(runtime)}::jsonb)
      ON CONFLICT (id) DO UPDATE SET last_seen_at = now()`;
  }

  async stopped(workerId: string): Promise<void> {
    await this.client.$executeRaw`UPDATE workers SET stopped_at = now(), last_seen_at = now() WHERE id = ${workerId}`;
  }

  async list({ project, limit, cursor }: WorkerListQuery): Promise<Page<WorkerView>> {
    const after = decodeCursor(cursorSchema, cursor);
    const rows = await this.client.$queryRaw<(WorkerView & { order: number })[]>`
      SELECT * FROM (
        SELECT w.id, w.host, w.pid, w.concurrency, w.runtime, w.started_at AS "startedAt", w.last_seen_at AS "lastSeenAt",
          v.status, CASE v.status WHEN 'active' THEN 0 ELSE 1 END AS "order",
          coalesce((
            SELECT jsonb_agg(jsonb_build_object('trialId', t.id, 'searchId', t.search_id, 'number', t.number, 'step', t.step) ORDER BY t.started_at, t.id)
            FROM trials t JOIN searches s ON s.id = t.search_id
            WHERE t.worker_id = w.id AND t.status = 'running'
              AND ${project === undefined ? Prisma.sql`true` : Prisma.sql`s.project = ${project}`}
          ), '[]') AS trials
        FROM workers w, LATERAL (
          SELECT CASE
            WHEN w.stopped_at IS NOT NULL THEN 'stopped'
            WHEN w.last_seen_at < now() - ${LOST_AFTER_MS}::float8 * interval '1 millisecond' THEN 'lost'
            ELSE 'active'
          END AS status
        ) v
        WHERE w.last_seen_at > now() - interval '1 day'
      ) view
      WHERE ${after === null ? Prisma.sql`true` : Prisma.sql`("order", -extract(epoch FROM date_trunc('milliseconds', "startedAt")), id) > (${after.order}::int, -extract(epoch FROM ${after.startedAt}::timestamptz), ${after.id})`}
      ORDER BY "order", "startedAt" DESC, id LIMIT ${limit + 1}`;
    const page = cutPage(rows, limit, (row) => ({
      order: row.order,
      startedAt: row.startedAt.toISOString(),
      id: row.id,
    }));
    return { items: page.items.map(({ order: _, ...worker }) => worker), nextCursor: page.nextCursor };
  }
}
