import type { BoardEntry, BoardPage, BoardQuery } from '@caviar/orchestrator';
import type { Objective, TrialStatus } from '@caviar/spec';
import { z } from 'zod';
import type { Client } from './client.js';
import { cursorFields, decodeCursor, encodeCursor } from './cursor.js';
import { Prisma } from './generated/client.js';
import { type SearchRow, type TrialRow, toProgress, toTrial } from './rows.js';
import { costOf, ON_BOARD, TRIAL_COLUMNS } from './trial-sql.js';

const cursorSchema = z.object({
  key: z.number().nullable(),
  number: cursorFields.count,
  rank: cursorFields.count,
  /** Of a trial without a place by value: by how much it breaks the constraints, and its cost; null for what is not known. */
  violation: z.number().nullable().default(null),
  cost: z.number().nullable().default(null),
});

type Cursor = z.infer<typeof cursorSchema>;

/** Rows of pages that a process keeps, some 20 MB of them; a page that is gone is read anew. */
const KEPT_ROWS = 5_000;

/** A page as it was read last. */
interface KeptPage {
  readonly version: bigint;
  /** The versions of its rows, in their order (see `readBoard`). */
  readonly print: string;
  readonly entries: readonly BoardEntry[];
  readonly nextCursor: string | null;
}

/** What comes of a question: the head of the board, and the page where it is another than the asker has. */
interface Answer extends Pick<SearchRow, TrialStatus | 'status' | 'version' | 'plannedTotal'> {
  readonly objective: Objective;
  /** Null where the version is the asker's. */
  readonly print: string | null;
  readonly page: readonly PlacedRow[] | null;
}

/** A row out of json, which has no dates. */
interface PlacedRow extends Omit<TrialRow, 'createdAt' | 'startedAt' | 'endedAt'> {
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly restViolation: number | null;
  readonly restCost: number | null;
  readonly place: number;
}

/**
 * Reads pages of leaderboards. While trials end all the time, the counts on a board change with each, and its entries seldom: so
 * Postgres is told which rows the process has, and sends those of a page only where one of them is another. The answer is what
 * reading everything gives, as of one snapshot.
 */
export class BoardReader {
  readonly #client: Client;
  readonly #kept = new Map<string, KeptPage>();
  #rows = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  async read(searchId: string, query: BoardQuery): Promise<BoardPage | null> {
    const { limit, cursor, constrained } = query;
    const key = JSON.stringify([searchId, limit, cursor, constrained]);
    const list = `board of ${searchId}`;
    const after = decodeCursor(list, cursorSchema, cursor);
    const known = this.#kept.get(key);
    const [head] = await this.#client.$read<Answer[]>(readBoard(searchId, { limit, constrained, after, known }));
    if (head === undefined) return null;
    const { version, objective, print, page } = head;
    const shown = page === null ? known : pageOf(page, { list, limit, after });
    if (shown === undefined) throw new Error('a page that the process does not have was not sent');
    const { entries, nextCursor } = shown;
    this.#keep(key, { version, print: print ?? known?.print ?? '', entries, nextCursor });
    return { version: Number(version), objective, progress: toProgress(head), entries, nextCursor };
  }

  #keep(key: string, page: KeptPage): void {
    this.#forget(key);
    this.#kept.set(key, page);
    this.#rows += page.entries.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#rows <= KEPT_ROWS && this.#kept.size <= KEPT_ROWS) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#rows -= this.#kept.get(key)?.entries.length ?? 0;
    this.#kept.delete(key);
  }
}

/** A page of rows that were read with one more than it holds. */
function pageOf(
  rows: readonly PlacedRow[],
  { list, limit, after }: { readonly list: string; readonly limit: number; readonly after: Cursor | null },
): Pick<KeptPage, 'entries' | 'nextCursor'> {
  const before = after?.rank ?? 0;
  const entries = rows.slice(0, limit).map((row, i) => ({ rank: before + i + 1, trial: toTrial(fromJson(row)) }));
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  if (last === undefined) return { entries, nextCursor: null };
  const { rankKey: key, number, restViolation: violation, restCost: cost } = last;
  return { entries, nextCursor: encodeCursor(list, { key, number, rank: before + limit, violation, cost }) };
}

function fromJson({ restViolation: _, restCost: __, place: ___, ...row }: PlacedRow): TrialRow {
  const { createdAt, startedAt, endedAt } = row;
  const time = (text: string | null) => (text === null ? null : new Date(text));
  return { ...row, createdAt: new Date(createdAt), startedAt: time(startedAt), endedAt: time(endedAt) };
}

/**
 * The head of a board, and a page of it where its rows are others than those known. A row's version in Postgres is named by its
 * `xmin`, the transaction that wrote it: the same ids with the same ones are the same rows, whatever they hold. While the board
 * has the known version not even they are looked at.
 */
function readBoard(
  searchId: string,
  {
    limit,
    constrained,
    after,
    known,
  }: Pick<BoardQuery, 'limit' | 'constrained'> & {
    readonly after: Cursor | null;
    readonly known: KeptPage | undefined;
  },
) {
  // Two index scans, finite values and then the rest, each already in order: a page costs the same at any size.
  const finite =
    after === null
      ? Prisma.sql`t.rank_key IS NOT NULL`
      : after.key === null
        ? Prisma.sql`false`
        : Prisma.sql`(t.rank_key, t.number) > (${after.key}::float8, ${after.number}::int)`;
  const { place, order, isAfter } = restOrder(constrained, after);
  const mayDiffer = Prisma.sql`(SELECT version FROM head) IS DISTINCT FROM ${known?.version ?? null}::bigint`;
  return Prisma.sql`
    WITH head AS MATERIALIZED (SELECT * FROM searches WHERE id = ${searchId}),
    placed AS MATERIALIZED (
      SELECT *, row_number() OVER (ORDER BY rank_key NULLS LAST, "restViolation" NULLS LAST, "restCost" NULLS LAST, number) AS place
      FROM (
        (SELECT t.id, t.number, t.xmin, t.rank_key, NULL::float8 AS "restViolation", NULL::float8 AS "restCost"
          FROM trials t WHERE t.search_id = ${searchId} AND ${ON_BOARD} AND ${finite} AND ${mayDiffer}
          ORDER BY t.rank_key, t.number LIMIT ${limit + 1})
        UNION ALL
        (SELECT t.id, t.number, t.xmin, t.rank_key, ${place}
          FROM trials t WHERE t.search_id = ${searchId} AND ${ON_BOARD} AND t.rank_key IS NULL AND ${isAfter} AND ${mayDiffer}
          ORDER BY ${order} LIMIT ${limit + 1})
      ) both_parts
      ORDER BY place LIMIT ${limit + 1}
    ),
    print AS MATERIALIZED (
      SELECT CASE WHEN ${mayDiffer} THEN coalesce(string_agg(p.id || ' ' || p.xmin, ',' ORDER BY p.place), '') END AS print
      FROM placed p
    )
    SELECT h.version, h.status, h.spec->'objective' AS objective, h.planned_total AS "plannedTotal",
      h.queued, h.running, h.paused, h.completed, h.pruned, h.infeasible, h.failed, h.cancelled, p.print,
      CASE WHEN p.print IS NOT NULL AND p.print IS DISTINCT FROM ${known?.print ?? null}::text THEN (
        SELECT coalesce(json_agg(shown ORDER BY shown.place), '[]') FROM (
          SELECT ${TRIAL_COLUMNS}, d."restViolation", d."restCost", d.place FROM placed d JOIN trials t ON t.id = d.id
        ) shown
      ) END AS page
    FROM head h, print p`;
}

/**
 * The order of trials that have no place by value. Without constraints by number, as an index has them; with constraints those
 * that break one come first, by how much they do, then by cost: few as a rule, so they are sorted.
 */
function restOrder(constrained: BoardQuery['constrained'], after: Cursor | null) {
  const isInRest = after !== null && after.key === null;
  if (constrained === undefined) {
    return {
      place: Prisma.sql`NULL::float8 AS "restViolation", NULL::float8 AS "restCost"`,
      order: Prisma.sql`t.number`,
      isAfter: Prisma.sql`t.number > ${isInRest ? after.number : -1}::int`,
    };
  }
  const cost = costOf(constrained);
  const last = Prisma.sql`'Infinity'::float8`;
  const orLast = (value: number | null) => (value === null ? last : Prisma.sql`${value}::float8`);
  return {
    place: Prisma.sql`t.violation AS "restViolation", ${cost} AS "restCost"`,
    order: Prisma.sql`t.violation NULLS LAST, ${cost} NULLS LAST, t.number`,
    isAfter: isInRest
      ? Prisma.sql`(coalesce(t.violation, ${last}), coalesce(${cost}, ${last}), t.number)
          > (${orLast(after.violation)}, ${orLast(after.cost)}, ${after.number}::int)`
      : Prisma.sql`true`,
  };
}
