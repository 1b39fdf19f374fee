import type {
  ChartStore,
  Curve,
  NewBest,
  RungSummary,
  SearchMark,
  Stretch,
  TableQuery,
  TrialPoint,
} from '@caviar/orchestrator';
import type { Objective, Trial } from '@caviar/spec';
import { conditionsOf, numberColumn, orderOf } from './chart-columns.js';
import type { Client } from './client.js';
import { Prisma } from './generated/client.js';
import { type TrialRow, toTrial } from './rows.js';
import { ON_BOARD, TRIAL_COLUMNS } from './trial-sql.js';

/** Searches that somebody at a glance is told of, beside the open ones. */
const NEWEST = 200;
/** Events that are looked at for one stretch of a timeline, at most: its begin, its end, and what a crash leaves. */
const EVENTS_PER_STRETCH = 4;

/** Trials as pictures need them. Each answer is bounded, and made by the database from indexed rows. */
export class ChartRepository implements ChartStore {
  constructor(private readonly client: Client) {}

  async table(searchId: string, query: TableQuery): Promise<{ total: number; items: readonly Trial[] }> {
    const isOrdered = query.sort === 'value' && query.order === 'asc' && query.constrained === undefined;
    const isBoard = isOrdered && !isFiltered(query);
    const rows = isBoard ? await this.#board(searchId, query) : await this.#sorted(searchId, query);
    const items = rows.map(toTrial);
    if (query.filter === undefined) return { total: await this.#count(searchId, query), items };
    const [counted] = await this.client.$read<{ total: number }[]>`
      SELECT count(*)::int AS total FROM trials t WHERE t.search_id = ${searchId} AND ${conditionsOf(query)}`;
    return { total: counted?.total ?? 0, items };
  }

  /** Trials by status are counted already, in the row of the search. */
  async #count(searchId: string, { status }: TableQuery): Promise<number> {
    const columns = status === undefined ? ALL_STATUSES : [...new Set(status)];
    const sum = Prisma.join(
      columns.map((name) => Prisma.raw(`s.${name}`)),
      ' + ',
    );
    const [counted] = await this.client.$read<{ total: number }[]>`
      SELECT ${sum} AS total FROM searches s WHERE s.id = ${searchId}`;
    return counted?.total ?? 0;
  }

  async #sorted(searchId: string, query: TableQuery): Promise<readonly TrialRow[]> {
    const { places } = query;
    const placed =
      places === undefined
        ? Prisma.empty
        : Prisma.sql`LEFT JOIN unnest(${places as number[]}::int[]) WITH ORDINALITY AS p (number, place) ON p.number = t.number`;
    return this.client.$read<TrialRow[]>`
      SELECT ${TRIAL_COLUMNS} FROM trials t ${placed} WHERE t.search_id = ${searchId} AND ${conditionsOf(query)}
      ORDER BY ${orderOf(query)} LIMIT ${query.limit} OFFSET ${query.offset}`;
  }

  /** The order of the leaderboard, then what has no outcome. Numbers come from the indexes alone; rows for the window only. */
  async #board(searchId: string, { offset, limit }: TableQuery): Promise<readonly TrialRow[]> {
    return this.client.$read<TrialRow[]>`
      WITH ranked AS (
        SELECT t.number, t.rank_key FROM trials t WHERE t.search_id = ${searchId} AND ${ON_BOARD}
        ORDER BY t.rank_key, t.number LIMIT ${limit} OFFSET ${offset}
      ), rest AS (
        SELECT t.number FROM trials t WHERE t.search_id = ${searchId} AND NOT (${ON_BOARD})
          AND (SELECT count(*) FROM ranked) < ${limit}
        ORDER BY t.number LIMIT ${limit}
        OFFSET greatest(0, ${offset} - (SELECT s.completed + s.pruned + s.infeasible FROM searches s WHERE s.id = ${searchId}))
      ), chosen AS (
        SELECT number, rank_key, 0 AS part FROM ranked UNION ALL SELECT number, NULL, 1 FROM rest
      )
      SELECT ${TRIAL_COLUMNS} FROM chosen c JOIN trials t ON t.search_id = ${searchId} AND t.number = c.number
      ORDER BY c.part, c.rank_key, c.number LIMIT ${limit}`;
  }

  async points(searchId: string, { made, limit, metrics, best }: Parameters<ChartStore['points']>[1]) {
    const most = Math.floor(limit / 5);
    const leading =
      best === undefined
        ? Prisma.sql`SELECT t.number FROM trials t WHERE t.search_id = ${searchId} AND ${ON_BOARD} AND t.rank_key IS NOT NULL
            ORDER BY t.rank_key, t.number LIMIT ${most}`
        : Prisma.sql`SELECT unnest(${best.slice(0, most)}::int[])`;
    const which =
      made <= limit
        ? Prisma.sql`true`
        : Prisma.sql`t.number IN ((${leading}) UNION SELECT unnest(${evenly(made, limit - most)}::int[]))`;
    const shown =
      metrics.length === 0
        ? Prisma.sql`'{}'::json`
        : Prisma.sql`json_build_object(${Prisma.join(
            metrics.flatMap((name) => [Prisma.sql`${name}::text`, Prisma.sql`t.metrics -> ${name}::text`]),
          )})`;
    return this.client.$read<TrialPoint[]>`
      SELECT t.id, t.number, t.status, t.value, t.step, t.round, t.duration_ms AS "durationMs", t.params,
        ${shown} AS metrics
      FROM trials t WHERE t.search_id = ${searchId} AND ${which} ORDER BY t.number`;
  }

  /** From the best back: before it, the best of a lower number, and so on. Each step goes on in the index where the last one stopped. */
  async bestSoFar(searchId: string): Promise<readonly NewBest[]> {
    const ranked = Prisma.sql`t.search_id = ${searchId} AND ${ON_BOARD} AND t.rank_key IS NOT NULL`;
    return this.client.$read<NewBest[]>`
      WITH RECURSIVE falling AS (
        (SELECT t.number, t.rank_key FROM trials t WHERE ${ranked} ORDER BY t.rank_key, t.number LIMIT 1)
        UNION ALL
        SELECT earlier.number, earlier.rank_key FROM falling f, LATERAL (
          SELECT t.number, t.rank_key FROM trials t
          WHERE ${ranked} AND (t.rank_key, t.number) > (f.rank_key, f.number) AND t.number < f.number
          ORDER BY t.rank_key, t.number LIMIT 1
        ) earlier
      )
      SELECT t.id AS "trialId", t.number, t.value, t.ended_at AS "endedAt"
      FROM falling f JOIN trials t ON t.search_id = ${searchId} AND t.number = f.number
      WHERE t.value IS NOT NULL ORDER BY t.number`;
  }

  async bestOf(searchId: string, { metric, direction }: Parameters<ChartStore['bestOf']>[1]) {
    const value = numberColumn(`metrics.${metric}`);
    const cost = direction === 'minimize' ? value : Prisma.sql`-(${value})`;
    return this.client.$read<NewBest[]>`
      WITH valued AS (
        SELECT t.id, t.number, t.ended_at, ${value} AS value, ${cost} AS cost FROM trials t
        WHERE t.search_id = ${searchId} AND ${ON_BOARD} AND t.rank_key IS NOT NULL
      ), compared AS (
        SELECT v.*, min(v.cost) OVER (ORDER BY v.number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
        FROM valued v WHERE v.cost IS NOT NULL
      )
      SELECT c.id AS "trialId", c.number, c.value, c.ended_at AS "endedAt" FROM compared c
      WHERE c.before IS NULL OR c.cost < c.before ORDER BY c.number`;
  }

  async curves(searchId: string, { numbers, best }: Parameters<ChartStore['curves']>[1]): Promise<readonly Curve[]> {
    const chosen =
      numbers === undefined
        ? Prisma.sql`
            SELECT t.id, row_number() OVER (ORDER BY t.rank_key, t.number) AS place FROM (
              SELECT t.id, t.rank_key, t.number FROM trials t
              WHERE t.search_id = ${searchId} AND ${ON_BOARD} AND t.rank_key IS NOT NULL
              ORDER BY t.rank_key, t.number LIMIT ${best}
            ) t`
        : Prisma.sql`
            SELECT t.id, n.place FROM unnest(${numbers as number[]}::int[]) WITH ORDINALITY AS n (number, place)
            JOIN trials t ON t.search_id = ${searchId} AND t.number = n.number`;
    return this.client.$read<Curve[]>`
      SELECT t.id AS "trialId", t.number, t.status, t.value, coalesce((
        SELECT json_agg(json_build_object('step', m.step, 'metrics', m.metrics, 'elapsedMs', m.elapsed_ms) ORDER BY m.step)
        FROM measurements m WHERE m.trial_id = t.id
      ), '[]') AS measurements
      FROM (${chosen}) c JOIN trials t ON t.id = c.id ORDER BY c.place`;
  }

  async rungs(searchId: string, { metric, direction }: Objective): Promise<readonly RungSummary[]> {
    const best = direction === 'minimize' ? Prisma.sql`min(value)` : Prisma.sql`max(value)`;
    // Of halves: between two values next to the largest there are, the distance would be infinite.
    const rows = await this.client.$read<RungSummary[]>`
      SELECT step, count(*)::int AS arrived,
        count(*) FILTER (WHERE went)::int AS "wentOn",
        count(*) FILTER (WHERE NOT went AND status = 'pruned')::int AS stopped,
        count(*) FILTER (WHERE NOT went AND status = 'paused')::int AS waiting,
        ${best} AS best,
        coalesce(to_json(percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY value / 2)), '[null,null,null]') AS quartiles
      FROM (
        SELECT r.key::int AS step, t.status,
          (CASE json_typeof(r.value) WHEN 'object' THEN r.value ->> ${metric} ELSE r.value #>> '{}' END)::float8 AS value,
          t.step > r.key::int OR t.status IN ('queued', 'running', 'completed') AS went
        FROM trials t, json_each(t.rungs) AS r WHERE t.search_id = ${searchId}
      ) arrivals GROUP BY step ORDER BY step`;
    const whole = (half: number | null) => (half === null ? null : 2 * half);
    return rows.map(({ quartiles: [low, middle, high], ...row }) => ({
      ...row,
      quartiles: [whole(low), whole(middle), whole(high)],
    }));
  }

  async timeline(searchId: string, limit: number): Promise<readonly Stretch[]> {
    return this.client.$read<Stretch[]>`
      WITH newest AS (
        SELECT e.seq, e.at, e.trial_id, e.attempt, e.from_status, e.to_status, e.worker_id FROM events e
        WHERE e.search_id = ${searchId} AND e.kind = 'trial'
        ORDER BY e.seq DESC LIMIT ${limit * EVENTS_PER_STRETCH}
      ), following AS (
        SELECT n.*, lead(n.at) OVER w AS to_at, lead(n.to_status) OVER w AS next_status
        FROM newest n WINDOW w AS (PARTITION BY n.trial_id ORDER BY n.seq)
      )
      SELECT * FROM (
        SELECT f.worker_id AS "workerId", f.trial_id AS "trialId", t.number, f.attempt, f.at AS "from", f.to_at AS "to",
          coalesce(f.next_status, 'running') AS status
        FROM following f JOIN trials t ON t.id = f.trial_id
        WHERE f.to_status = 'running' ORDER BY f.seq DESC LIMIT ${limit}
      ) stretches ORDER BY "from", number`;
  }

  async marks(project: string | undefined): Promise<readonly SearchMark[]> {
    const visible = project === undefined ? Prisma.sql`true` : Prisma.sql`s.project = ${project}`;
    return this.client.$read<SearchMark[]>`
      SELECT s.id, s.status || ' ' || s.version || ' ' || s.event_seq AS mark FROM searches s
      WHERE ${visible} AND s.status IN ('running', 'paused')
      UNION
      SELECT newest.id, newest.mark FROM (
        SELECT s.id, s.status || ' ' || s.version || ' ' || s.event_seq AS mark FROM searches s
        WHERE ${visible} ORDER BY s.created_at DESC, s.id DESC LIMIT ${NEWEST}
      ) newest`;
  }

  async workersMark(): Promise<string> {
    const [row] = await this.client.$read<{ mark: string | null }[]>`
      SELECT string_agg(w.id || ' ' || (w.stopped_at IS NULL) || ' ' || (w.last_seen_at > now() - interval '15 seconds') || ' ' || coalesce((
        SELECT q.until::text FROM host_quarantines q WHERE q.host = w.host AND q.until > now()
      ), '') || ' ' || coalesce((        SELECT string_agg(t.id || ':' || t.step, ',' ORDER BY t.id) FROM trials t WHERE t.worker_id = w.id AND t.status = 'running'
      ), ''), ';' ORDER BY w.id) AS mark
      FROM workers w WHERE w.last_seen_at > now() - interval '1 day'`;
    return row?.mark ?? '';
  }
}

const ALL_STATUSES = [
  'queued',
  'running',
  'paused',
  'completed',
  'pruned',
  'infeasible',
  'failed',
  'cancelled',
] as const;

function isFiltered({ status, filter }: TableQuery): boolean {
  return status !== undefined || filter !== undefined;
}

/** `count` numbers below `below`, evenly spread, the first and the last among them. */
function evenly(below: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.round((i * (below - 1)) / Math.max(1, count - 1)));
}
