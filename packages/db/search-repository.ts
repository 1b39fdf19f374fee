import {
  DomainError,
  type NewSearch,
  type SearchChange,
  type SearchForAdvance,
  type SearchStore,
  type SpaceVersion,
} from '@caviar/orchestrator';
import type { Round, Search, SearchStatus } from '@caviar/spec';
import type { Client } from './client.js';
import { cutPage } from './cursor.js';
import { isUniqueViolation } from './errors.js';
import { Prisma } from './generated/client.js';
import { jsonText } from './json-text.js';
import { countTrials, type SearchRow, toSearch } from './rows.js';
import { LIST, listOrder, placeInList } from './search-order.js';
import { json } from './trial-sql.js';

/** As long as it may take; Prisma's own limit for a transaction is five seconds. */
const DELETE_MS = 6 * 3_600_000;

/** What of a search is shown: its row, its rounds and its best trial, by the leaderboard's own order. */
const SELECT_SEARCH = Prisma.sql`
  SELECT
    s.id, s.name, s.notes, s.status, s.reason, s.spec, s.space_version AS "spaceVersion",
    s.planned_total AS "plannedTotal", s.round_count AS "roundCount", s.created_at AS "createdAt",
    s.started_at AS "startedAt", s.ended_at AS "endedAt", s.version, s.queued, s.running, s.paused, s.completed,
    s.pruned, s.infeasible, s.failed, s.cancelled,
    CASE WHEN s.round_count = 0 THEN NULL ELSE (
      SELECT json_agg(json_build_object(
        'index', r.index, 'firstNumber', r.first_number, 'endNumber', r.end_number, 'region', r.region, 'reason', r.reason
      ) ORDER BY r.index) FROM search_rounds r WHERE r.search_id = s.id
    ) END AS rounds,
    (
      SELECT json_build_object('trialId', t.id, 'number', t.number, 'value', t.value, 'params', t.params,
        'edited', t.edited_from IS NOT NULL)
      FROM trials t
      WHERE t.search_id = s.id AND t.status IN ('completed', 'pruned', 'infeasible') AND t.rank_key IS NOT NULL
      ORDER BY t.rank_key, t.number LIMIT 1
    ) AS best
  FROM searches s`;

/** Searches that a reconciler takes further in one round. */
const ADVANCED_AT_ONCE = 1_000;

/** Searches in Postgres. */
export class SearchRepository implements SearchStore {
  constructor(private readonly client: Client) {}

  async create(search: NewSearch): Promise<{ search: Search; created: boolean }> {
    const earlier = await this.findByKey(search.idempotency);
    if (earlier !== null) return { search: earlier, created: false };
    try {
      await this.#insert(search);
    } catch (error) {
      // Somebody used the same key at the same moment and was first.
      const winner = isUniqueViolation(error) ? await this.findByKey(search.idempotency) : null;
      if (winner === null) throw error;
      return { search: winner, created: false };
    }
    return { search: await this.#require(search.id), created: true };
  }

  /** By hand: Prisma's own `create` would fill in the times by the clock of this machine. */
  async #insert(search: NewSearch): Promise<void> {
    const { id, spec, project, plannedTotal, roundCount, prior = [], idempotency, forkedFrom } = search;
    const isExternal = spec.trainer.kind === 'external';
    const warmStart = Prisma.sql`, warm AS (INSERT INTO warm_starts (search_id, trials) SELECT id, ${json(prior)} FROM created)`;
    const key = Prisma.sql`, named AS (
      INSERT INTO idempotency_keys (key, request_hash, search_id)
      SELECT ${idempotency?.key}, ${idempotency?.requestHash}, id FROM created
    )`;
    await this.client.$executeRaw`
      WITH created AS (
        INSERT INTO searches (id, name, project, spec, external, planned_total, round_count, forked_from)
        VALUES (${id}, ${spec.name}, ${project}, ${json(spec)}, ${isExternal}, ${plannedTotal}::int, ${roundCount}::int,
          ${forkedFrom === undefined ? Prisma.sql`NULL` : json(forkedFrom)})
        RETURNING id
      )
      ${prior.length === 0 ? Prisma.empty : warmStart}
      ${idempotency === null ? Prisma.empty : key}
      INSERT INTO space_versions (search_id, version, first_number, space) SELECT id, 1, 0, ${json(spec.space)} FROM created`;
  }

  async findByKey(idempotency: NewSearch['idempotency']): Promise<Search | null> {
    if (idempotency === null) return null;
    const known = await this.client.idempotencyKey.findUnique({ where: { key: idempotency.key } });
    if (known === null) return null;
    if (known.requestHash !== idempotency.requestHash) {
      throw new DomainError('idempotency-conflict', 'The idempotency key was used before with another body');
    }
    return this.#require(known.searchId);
  }

  async #require(id: string): Promise<Search> {
    const search = await this.get(id);
    if (search === null) throw new DomainError('search-not-found', `There is no search ${id}`);
    return search;
  }

  async get(id: string): Promise<Search | null> {
    const [row] = await this.client.$read<SearchRow[]>`${SELECT_SEARCH} WHERE s.id = ${id}`;
    return row === undefined ? null : toSearch(row);
  }

  async list(query: Parameters<SearchStore['list']>[0]) {
    const { limit } = query;
    const { conditions, key, order } = listOrder(query);
    const rows = await this.client.$read<(SearchRow & { readonly sortKey: string | number | null })[]>`
      WITH chosen AS (
        SELECT s.id, ${key} AS sort_key, row_number() OVER (ORDER BY ${order}) AS place
        FROM searches s WHERE ${conditions} ORDER BY ${order} LIMIT ${limit + 1}
      )
      SELECT shown.*, c.sort_key AS "sortKey" FROM chosen c, LATERAL (${SELECT_SEARCH} WHERE s.id = c.id) shown
      ORDER BY c.place`;
    const page = cutPage(rows, limit, { list: LIST, placeOf: (row) => placeInList(query, row) });
    return { items: page.items.map(({ sortKey: _, ...row }) => toSearch(row)), nextCursor: page.nextCursor };
  }

  async prior(id: string) {
    const row = await this.client.warmStart.findUnique({ where: { searchId: id } });
    return (row?.trials ?? []) as unknown as Awaited<ReturnType<SearchStore['prior']>>;
  }

  async getForAdvance(id: string): Promise<SearchForAdvance | null> {
    interface Row extends SearchRow {
      readonly spaces: readonly SpaceVersion[];
      readonly firstOpen: number | null;
      readonly activeMsNow: number;
      readonly given: number;
      readonly places: number | null;
      readonly targetNumber: number | null;
    }
    const [row] = await this.client.$read<Row[]>`
      SELECT shown.*, more.* FROM (${SELECT_SEARCH} WHERE s.id = ${id}) shown, LATERAL (
        SELECT
          (
            SELECT json_agg(json_build_object('version', v.version, 'firstNumber', v.first_number, 'space', v.space) ORDER BY v.version)
            FROM space_versions v WHERE v.search_id = shown.id
          ) AS spaces,
          (
            SELECT min(t.number) FROM trials t
            WHERE t.search_id = shown.id AND t.status IN ('queued', 'running', 'paused')
          ) AS "firstOpen",
          (
            SELECT s.given FROM searches s WHERE s.id = shown.id
          ) AS given,
          (
            SELECT s.places FROM searches s WHERE s.id = shown.id
          ) AS places,
          (
            SELECT (s.active_ms + coalesce(extract(epoch FROM now() - s.active_since) * 1000, 0))::float8
            FROM searches s WHERE s.id = shown.id
          ) AS "activeMsNow",
          CASE WHEN shown.spec->'stop'->>'targetValue' IS NOT NULL THEN (
            SELECT min(t.number) FROM trials t
            WHERE t.search_id = shown.id AND t.status IN ('completed', 'pruned')
              AND t.rank_key <= (shown.spec->'stop'->>'targetValue')::float8
                * CASE shown.spec->'objective'->>'direction' WHEN 'maximize' THEN -1 ELSE 1 END
          ) END AS "targetNumber"
      ) more`;
    if (row === undefined) return null;
    const nextNumber = countTrials(row);
    return {
      search: toSearch(row),
      spaces: row.spaces,
      nextNumber,
      firstOpenNumber: row.firstOpen ?? nextNumber,
      activeMs: row.activeMsNow,
      given: row.given,
      places: row.places,
      targetNumber: row.targetNumber,
    };
  }

  async listAdvanceable(): Promise<readonly string[]> {
    // Whether there really is room (rounds, strict windows) is advanceSearch's to say; this only leaves out what is full, and what
    // has made all its trials and waits for some of them: code outside may have left it so for good.
    const waits = Prisma.sql`(
      s.queued + s.running > 0 AND s.paused = 0 AND s.spec->'stop'->>'targetValue' IS NULL
      AND s.queued + s.running + s.completed + s.pruned + s.infeasible + s.failed + s.cancelled >= s.planned_total
    )`;
    // In any order: where there are more than are taken at once, all have their turn.
    const rows = await this.client.$read<{ id: string }[]>`
      SELECT s.id FROM searches s
      WHERE s.status = 'running' AND (
        s.queued + s.running < (s.spec->>'parallelism')::int AND ${waits} IS NOT TRUE
        OR s.active_ms + extract(epoch FROM now() - s.active_since) * 1000 >= (s.spec->'stop'->>'maxDurationMs')::float8
      )
      ORDER BY random() LIMIT ${ADVANCED_AT_ONCE}`;
    return rows.map(({ id }) => id);
  }

  async transition(id: string, { from, to, reason }: Parameters<SearchStore['transition']>[1]): Promise<boolean> {
    const ended: readonly SearchStatus[] = ['completed', 'cancelled', 'failed'];
    const changed = await this.client.$executeRaw`
      UPDATE searches SET
        status = ${to}::search_status,
        reason = ${reason},
        version = version + 1,
        active_ms = active_ms + coalesce((extract(epoch FROM now() - active_since) * 1000)::bigint, 0),
        active_since = ${to === 'running' ? Prisma.sql`now()` : Prisma.sql`NULL`},
        ended_at = ${ended.includes(to) ? Prisma.sql`now()` : Prisma.sql`NULL`}
      WHERE id = ${id} AND status::text = ANY(${from as SearchStatus[]})`;
    return changed > 0;
  }

  async update(id: string, change: SearchChange): Promise<boolean> {
    const set = [Prisma.sql`version = version + 1`];
    if (change.name !== undefined) set.push(Prisma.sql`name = ${change.name}`);
    if (change.notes !== undefined) set.push(Prisma.sql`notes = ${change.notes}`);
    const { spec } = change;
    if (spec !== undefined) set.push(Prisma.sql`spec = ${jsonText(spec.to)}::json`);
    // Compared as values: how a number is written, or the order of keys, is no difference.
    const unchanged = spec === undefined ? Prisma.sql`true` : Prisma.sql`spec::jsonb = ${jsonText(spec.from)}::jsonb`;
    if (change.places !== undefined) {
      const { places } = change;
      // Where it has places already, the jobs of those that wait are over: whoever advances the search next makes them anew.
      const isShort = Prisma.sql`places IS NOT NULL OR queued + running + paused > ${places}::int`;
      set.push(Prisma.sql`places = CASE WHEN ${isShort} THEN ${places}::int END`);
    }
    if (change.plannedTotal !== undefined) set.push(Prisma.sql`planned_total = ${change.plannedTotal}::int`);
    if (change.roundCount !== undefined) set.push(Prisma.sql`round_count = ${change.roundCount}::int`);
    if (change.space === undefined) {
      return (
        (await this.client.$executeRaw`UPDATE searches SET ${Prisma.join(set)} WHERE id = ${id} AND ${unchanged}`) > 0
      );
    }
    // The version begins at the next trial; the row lock keeps trials from being added between the two.
    const stored = await this.client.$executeRaw`
      WITH changed AS (
        UPDATE searches SET ${Prisma.join(set)}, space_version = space_version + 1 WHERE id = ${id} AND ${unchanged}
        RETURNING id, space_version, queued + running + paused + completed + pruned + infeasible + failed + cancelled AS made
      )
      INSERT INTO space_versions (search_id, version, first_number, space)
      SELECT id, space_version, made, ${jsonText(change.space)}::json FROM changed`;
    return stored > 0;
  }

  async addRound(id: string, round: Round): Promise<void> {
    await this.client.$executeRaw`
      INSERT INTO search_rounds (search_id, index, first_number, end_number, region, reason)
      VALUES (${id}, ${round.index}, ${round.firstNumber}, ${round.endNumber}, ${jsonText(round.region)}::json, ${round.reason})
      ON CONFLICT DO NOTHING`;
  }

  async delete(id: string): Promise<boolean> {
    // Whole or not at all, however long it takes: a million trials with ten measurements each go in about a minute.
    return this.client.$transaction(
      async (transaction) => {
        await transaction.$executeRaw`SET LOCAL statement_timeout = 0`;
        return (await transaction.$executeRaw`DELETE FROM searches WHERE id = ${id} AND status <> 'running'`) > 0;
      },
      { timeout: DELETE_MS },
    );
  }

  async version(id: string): Promise<number | null> {
    const [row] = await this.client.$read<{ version: bigint }[]>`SELECT version FROM searches WHERE id = ${id}`;
    return row === undefined ? null : Number(row.version);
  }
}
