import type {
  Page,
  Quarantine,
  RecurringWork,
  Turn,
  WorkerInfo,
  WorkerListQuery,
  WorkerStore,
  WorkerView,
} from '@caviar/orchestrator';
import { z } from 'zod';
import type { Client } from './client.js';
import { cursorFields, cutPage, decodeCursor } from './cursor.js';
import { Prisma } from './generated/client.js';
import { jsonText } from './json-text.js';
import { json } from './trial-sql.js';

const LIST = 'workers';
const cursorSchema = z.object({ order: cursorFields.count, startedAt: cursorFields.time, id: cursorFields.id });

/** Silence after which a worker counts as lost. */
const LOST_AFTER_MS = 15_000;

/** Of workers w. */
const ACTIVE = Prisma.sql`
  w.stopped_at IS NULL AND w.last_seen_at > now() - ${LOST_AFTER_MS}::float8 * interval '1 millisecond'`;
const IN_QUARANTINE = Prisma.sql`
  EXISTS (SELECT FROM host_quarantines q WHERE q.host = w.host AND q.until > now())`;

/** Strikes in a row that are taken for the machine's fault, where others do well at the same time. */
const STRIKES = 3;
/** As many do of trials that have since come to a result on other machines. */
const SAME_ELSEWHERE = 2;
const MEMORY = Prisma.sql`interval '10 minutes'`;
/** Of the first quarantine; each that follows within a day is twice as long, and an hour at most. */
const FIRST = Prisma.sql`interval '5 minutes'`;

/** Worker processes, as they report themselves. */
export class WorkerRepository implements WorkerStore {
  constructor(private readonly client: Client) {}

  async heartbeat(
    { id, host, pid, concurrency, runtime }: WorkerInfo,
    hasSucceeded = false,
  ): Promise<Quarantine | null> {
    const [row] = await this.client.$queryRaw<Quarantine[]>`
      WITH heard AS (
        INSERT INTO workers (id, host, pid, concurrency, runtime, last_success_at)
        VALUES (${id}, ${host}, ${pid}, ${concurrency}, ${jsonText(runtime)}::jsonb, CASE WHEN ${hasSucceeded} THEN now() END)
        ON CONFLICT (id) DO UPDATE SET last_seen_at = now(),
          last_success_at = CASE WHEN ${hasSucceeded} THEN now() ELSE workers.last_success_at END
      )
      SELECT reason, until FROM host_quarantines WHERE host = ${host} AND until > now()`;
    return row ?? null;
  }

  async judgeHosts(): Promise<readonly { readonly host: string; readonly reason: string }[]> {
    // The last one that works is not kept from it.
    await this.client.$executeRaw`
      UPDATE host_quarantines SET until = now() WHERE until > now() AND NOT EXISTS (
        SELECT FROM workers w WHERE ${ACTIVE} AND NOT ${IN_QUARANTINE}
      )`;
    // A worker that was lost with many trials was lost once; a trial that failed many times on one machine failed there.
    return this.client.$queryRaw<{ host: string; reason: string }[]>`
      WITH streaks AS (
        SELECT h.host, count(DISTINCT h.kind || CASE h.kind WHEN 'lost' THEN h.worker_id ELSE h.trial_id END) AS strikes,
          min(h.at) AS since,
          count(DISTINCT h.trial_id) FILTER (WHERE EXISTS (
            SELECT FROM trials t JOIN workers w ON w.id = t.worker_id
            WHERE t.id = h.trial_id AND t.status IN ('completed', 'pruned', 'infeasible') AND w.host <> h.host
          )) AS elsewhere
        FROM host_strikes h
        WHERE h.at > now() - ${MEMORY}
          AND h.at > coalesce((SELECT max(w.last_success_at) FROM workers w WHERE w.host = h.host), '-infinity')
          AND h.at > coalesce((SELECT q.until FROM host_quarantines q WHERE q.host = h.host), '-infinity')
        GROUP BY h.host
      ),
      guilty AS (
        SELECT host, strikes || ' trials or workers in a row failed or were lost here, while other machines brought trials to a result'
          || CASE WHEN elsewhere > 0 THEN ', ' || elsewhere || ' of the same among them' ELSE '' END AS reason
        FROM streaks
        WHERE (strikes >= ${STRIKES}::int OR elsewhere >= ${SAME_ELSEWHERE}::int) AND EXISTS (
          SELECT FROM workers w
          WHERE ${ACTIVE} AND w.host <> streaks.host AND NOT ${IN_QUARANTINE} AND w.last_success_at > streaks.since
        )
        -- One at a time: of two that are alike, one goes on.
        ORDER BY elsewhere DESC, strikes DESC, host LIMIT 1
      )
      INSERT INTO host_quarantines (host, reason, until)
      SELECT host, reason, now() + ${FIRST} FROM guilty
      ON CONFLICT (host) DO UPDATE SET reason = excluded.reason, since = now(),
        times = CASE WHEN host_quarantines.until > now() - interval '1 day' THEN host_quarantines.times + 1 ELSE 1 END,
        until = now() + CASE WHEN host_quarantines.until > now() - interval '1 day'
          THEN least(${FIRST} * power(2, host_quarantines.times), interval '1 hour') ELSE ${FIRST} END
      RETURNING host, reason`;
  }

  async release(workerId: string): Promise<boolean> {
    const found = await this.client.$executeRaw`
      WITH released AS (
        UPDATE host_quarantines q SET until = now(), times = 0 FROM workers w
        WHERE w.id = ${workerId} AND q.host = w.host AND q.until > now()
      )
      SELECT FROM workers WHERE id = ${workerId}`;
    return found > 0;
  }

  async takeTurns(turns: readonly Turn[]): Promise<readonly RecurringWork[]> {
    if (turns.length === 0) return [];
    const taken = await this.client.$queryRaw<{ name: RecurringWork }[]>`
      UPDATE turns t SET taken_at = now()
      FROM json_to_recordset(${json(turns)}) AS r (name text, "everyMs" float8)
      WHERE t.name = r.name AND t.taken_at <= now() - r."everyMs" * interval '1 millisecond'
      RETURNING t.name`;
    return taken.map(({ name }) => name);
  }

  async stopped(workerId: string): Promise<void> {
    await this.client.$executeRaw`UPDATE workers SET stopped_at = now(), last_seen_at = now() WHERE id = ${workerId}`;
  }

  async list({ project, limit, cursor }: WorkerListQuery): Promise<Page<WorkerView>> {
    const after = decodeCursor(LIST, cursorSchema, cursor);
    const rows = await this.client.$read<(WorkerView & { order: number })[]>`
      SELECT * FROM (
        SELECT w.id, w.host, w.pid, w.concurrency, w.runtime, w.started_at AS "startedAt", w.last_seen_at AS "lastSeenAt",
          v.status, CASE v.status WHEN 'active' THEN 0 ELSE 1 END AS "order",
          coalesce((
            SELECT jsonb_agg(jsonb_build_object('trialId', t.id, 'searchId', t.search_id, 'number', t.number, 'step', t.step) ORDER BY t.started_at, t.id)
            FROM trials t JOIN searches s ON s.id = t.search_id
            WHERE t.worker_id = w.id AND t.status = 'running'
              AND ${project === undefined ? Prisma.sql`true` : Prisma.sql`s.project = ${project}`}
          ), '[]') AS trials,
          (
            SELECT json_build_object('reason', q.reason, 'until', q.until)
            FROM host_quarantines q WHERE q.host = w.host AND q.until > now()
          ) AS quarantine
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
    const page = cutPage(rows, limit, {
      list: LIST,
      placeOf: ({ order, startedAt, id }) => ({ order, startedAt: startedAt.toISOString(), id }),
    });
    const items = page.items.map(({ order: _, quarantine, ...worker }) => ({
      ...worker,
      quarantine: quarantine === null ? null : { ...quarantine, until: new Date(quarantine.until) },
    }));
    return { items, nextCursor: page.nextCursor };
  }
}
