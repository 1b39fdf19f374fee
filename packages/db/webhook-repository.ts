import type { DueWebhook, Notice, Told, Webhook, WebhookStore } from '@caviar/orchestrator';
import type { Params } from '@caviar/spec';
import type { Client } from './client.js';
import { Prisma } from './generated/client.js';
import { inMs } from './trial-sql.js';

/** Events looked at in one go. */
const ROWS = 5_000;

const WEBHOOK = Prisma.sql`
  w.id, w.search_id AS "searchId", w.url, w.events, w.status, w.reason, w.failures, w.created_at AS "createdAt"`;
const ON_BOARD = Prisma.sql`('completed', 'pruned', 'infeasible')`;

interface TakenRow extends Webhook {
  readonly secret: string;
  readonly seq: bigint;
  readonly newest: bigint;
  readonly best: number | null;
  readonly takenAt: Date;
  readonly takenUntil: Date;
}

interface NoticeRow {
  readonly seq: bigint;
  readonly status: string;
  readonly at: Date;
  readonly reason: string | null;
  readonly id: string | null;
  readonly number: number;
  readonly value: number;
  readonly params: Params;
  readonly rankKey: number;
}

/** Webhooks in Postgres; what they are to be told is read out of the events of their searches. */
export class WebhookRepository implements WebhookStore {
  constructor(private readonly client: Client) {}

  async create({ id, searchId, url, events, secret }: Parameters<WebhookStore['create']>[0], limit: number) {
    // Two statements: the second one sees all that was committed before the lock was had, so that two that come at once are not both
    // the last one allowed, and no event falls between the place and the best trial.
    const [row] = await this.client.$transaction(async (transaction) => {
      await transaction.$queryRaw`SELECT id FROM searches WHERE id = ${searchId} FOR NO KEY UPDATE`;
      return transaction.$queryRaw<Webhook[]>`
        WITH created AS (
          INSERT INTO webhooks (id, search_id, url, events, secret, seq, best)
          SELECT ${id}, s.id, ${url}, ${events as string[]}, ${secret}, s.event_seq, (
            SELECT min(t.rank_key) FROM trials t WHERE t.search_id = s.id AND t.status IN ${ON_BOARD}
          )
          FROM searches s
          WHERE s.id = ${searchId} AND (SELECT count(*) FROM webhooks w WHERE w.search_id = s.id) < ${limit}
          RETURNING *
        )
        SELECT ${WEBHOOK} FROM created w`;
    });
    return row ?? null;
  }

  async list(searchId: string): Promise<readonly Webhook[]> {
    return this.client.$read<Webhook[]>`
      SELECT ${WEBHOOK} FROM webhooks w WHERE w.search_id = ${searchId} ORDER BY w.created_at, w.id`;
  }

  async delete(id: string): Promise<boolean> {
    return (await this.client.$executeRaw`DELETE FROM webhooks WHERE id = ${id}`) > 0;
  }

  async projectOf(id: string): Promise<string | null> {
    const [row] = await this.client.$read<{ project: string }[]>`
      SELECT s.project FROM webhooks w JOIN searches s ON s.id = w.search_id WHERE w.id = ${id}`;
    return row?.project ?? null;
  }

  async takeDue(limit: number, forMs: number): Promise<readonly DueWebhook[]> {
    const taken = await this.client.$queryRaw<TakenRow[]>`
      UPDATE webhooks w SET next_at = ${inMs(forMs)}
      FROM (
        SELECT w.id, s.event_seq FROM webhooks w JOIN searches s ON s.id = w.search_id
        WHERE w.status = 'active' AND w.next_at <= now() AND s.event_seq > w.seq
        ORDER BY w.next_at LIMIT ${limit} FOR UPDATE OF w SKIP LOCKED
      ) due
      WHERE w.id = due.id
      RETURNING ${WEBHOOK}, w.secret, w.seq, w.best, due.event_seq AS newest, now() AS "takenAt", w.next_at AS "takenUntil"`;
    return Promise.all(
      taken.map(async ({ newest, best, seq: after, ...webhook }) => {
        const seq = Math.min(Number(newest), Number(after) + ROWS);
        return { ...webhook, seq, notices: await this.#notices(webhook.searchId, { after: Number(after), seq, best }) };
      }),
    );
  }

  /** What is news among the events after one, up to another. */
  async #notices(
    searchId: string,
    { after, seq, best }: { readonly after: number; readonly seq: number; readonly best: number | null },
  ): Promise<readonly Notice[]> {
    const rows = await this.client.$read<NoticeRow[]>`
      SELECT e.seq, e.to_status AS status, e.at, e.reason, t.id, t.number, t.value, t.params, t.rank_key AS "rankKey"
      FROM events e LEFT JOIN trials t ON t.id = e.trial_id
      WHERE e.search_id = ${searchId} AND e.seq > ${after} AND e.seq <= ${seq} AND (
        e.kind = 'search' AND e.to_status IN ('completed', 'failed') AND e.from_status <> e.to_status
        OR e.kind = 'trial' AND e.to_status IN ${ON_BOARD} AND t.rank_key IS NOT NULL
          AND (${best}::float8 IS NULL OR t.rank_key < ${best}::float8)
      )
      ORDER BY e.seq`;
    let bestSoFar = best ?? Number.POSITIVE_INFINITY;
    return rows.flatMap((row): Notice[] => {
      const { status, at, id, number, value, params, rankKey } = row;
      const common = { seq: Number(row.seq), at };
      if (id === null) {
        return [
          {
            ...common,
            event: status === 'failed' ? 'search.failed' : 'search.completed',
            reason: row.reason,
            trial: null,
          },
        ];
      }
      if (rankKey >= bestSoFar) return [];
      bestSoFar = rankKey;
      return [{ ...common, event: 'trial.best', reason: null, trial: { id, number, value, params, rankKey } }];
    });
  }

  async settle({ id, takenUntil, seq, best, failure }: Told): Promise<void> {
    const retry = failure === null ? Prisma.sql`now()` : inMs(failure.retryMs);
    await this.client.$executeRaw`
      UPDATE webhooks SET
        seq = coalesce(${seq}::bigint, seq),
        best = coalesce(${best}::float8, best),
        failures = ${failure === null ? Prisma.sql`0` : seq === null ? Prisma.sql`failures + 1` : Prisma.sql`1`},
        reason = ${failure?.reason ?? null},
        status = ${failure?.isLast === true ? 'failed' : 'active'},
        next_at = ${retry}
      WHERE id = ${id} AND next_at = ${takenUntil}`;
  }
}
