import type { BoardPage, BoardQuery, BoardRow, PageQuery, StoredRecord, TrialStore } from '@caviar/orchestrator';
import type { Measurement, Trial, TrialStatus } from '@caviar/spec';
import { z } from 'zod';
import type { Client } from './client.js';
import { cursorFields, cutPage, decodeCursor, encodeCursor } from './cursor.js';
import { Prisma } from './generated/client.js';
import { type SearchRow, type TrialRow, toProgress, toTrial } from './rows.js';
import { readValuedTrials } from './valued-trials.js';

const numberCursorSchema = z.object({ number: cursorFields.count });
const boardCursorSchema = z.object({
  key: z.number().nullable(),
  number: cursorFields.count,
  rank: cursorFields.count,
  /** Of a trial without a place by value: by how much it breaks the constraints, and its cost; null for what is not known. */
  violation: z.number().nullable().default(null),
  cost: z.number().nullable().default(null),
});

/** A TrialRow, of trials t. */
export const TRIAL_COLUMNS = Prisma.sql`
  t.id, t.search_id AS "searchId", t.number, t.status, t.params, t.proposal, t.basis, t.round, t.attempt,
  t.worker_id AS "workerId", t.provenance, t.value, t.rank_key AS "rankKey", t.violation, t.step, t.metrics,
  t.edited_from AS "editedFrom", t.reason,
  t.created_at AS "createdAt", t.started_at AS "startedAt", t.ended_at AS "endedAt", t.duration_ms AS "durationMs"`;

/** Whether trials t are on the leaderboard. */
export const ON_BOARD = Prisma.sql`t.status IN ('completed', 'pruned', 'infeasible')`;

type Reads = Pick<
  TrialStore,
  'get' | 'list' | 'records' | 'given' | 'boardRows' | 'getMany' | 'valued' | 'leaderboard' | 'measurements'
>;

/** Trials as people and samplers read them. */
export class TrialReader implements Reads {
  constructor(protected readonly client: Client) {}

  async get(id: string): Promise<Trial | null> {
    const [row] = await this.client.$queryRaw<TrialRow[]>`SELECT ${TRIAL_COLUMNS} FROM trials t WHERE t.id = ${id}`;
    return row === undefined ? null : toTrial(row);
  }

  async list(searchId: string, { status, limit, cursor }: PageQuery & { readonly status?: TrialStatus | undefined }) {
    const after = decodeCursor(numberCursorSchema, cursor)?.number ?? -1;
    const rows = await this.client.$queryRaw<TrialRow[]>`
      SELECT ${TRIAL_COLUMNS} FROM trials t
      WHERE t.search_id = ${searchId} AND t.number > ${after}
        AND ${status === undefined ? Prisma.sql`true` : Prisma.sql`t.status = ${status}::trial_status`}
      ORDER BY t.number LIMIT ${limit + 1}`;
    const page = cutPage(rows, limit, ({ number }) => ({ number }));
    return { items: page.items.map(toTrial), nextCursor: page.nextCursor };
  }

  async records(searchId: string, { from, below }: { readonly from: number; readonly below: number }) {
    return this.client.$queryRaw<StoredRecord[]>`
      SELECT t.number, t.params, t.status, t.value, t.step, t.metrics, t.edited_from AS "editedFrom" FROM trials t
      WHERE t.search_id = ${searchId} AND t.number >= ${from} AND t.number < ${below}
      ORDER BY t.number`;
  }

  async given(searchId: string) {
    return this.client.$queryRaw<Pick<Trial, 'number' | 'params'>[]>`
      SELECT t.number, t.params FROM trials t WHERE t.search_id = ${searchId} AND t.given ORDER BY t.number`;
  }

  valued(...question: Parameters<TrialStore['valued']>): ReturnType<TrialStore['valued']> {
    return readValuedTrials(this.client, ...question);
  }

  async leaderboard(searchId: string, { limit, cursor, constrained }: BoardQuery): Promise<BoardPage | null> {
    type Row = TrialRow &
      Pick<SearchRow, Exclude<TrialStatus, never> | 'version' | 'plannedTotal' | 'spec'> & {
        searchStatus: SearchRow['status'];
        restViolation: number | null;
        restCost: number | null;
      };
    const after = decodeCursor(boardCursorSchema, cursor);
    // Two index scans, finite values and then the rest, each already in order: a page costs the same at any size.
    const finite =
      after === null
        ? Prisma.sql`t.rank_key IS NOT NULL`
        : after.key === null
          ? Prisma.sql`false`
          : Prisma.sql`(t.rank_key, t.number) > (${after.key}::float8, ${after.number}::int)`;
    const { place, order, isAfter } = restOrder(constrained, after);
    const rest = Prisma.sql`t.rank_key IS NULL AND ${isAfter}`;
    const rows = await this.client.$queryRaw<Row[]>`
      SELECT b.*, s.version, s.spec, s.status AS "searchStatus", s.planned_total AS "plannedTotal",
        s.queued, s.running, s.paused, s.completed, s.pruned, s.infeasible, s.failed, s.cancelled
      FROM searches s LEFT JOIN LATERAL (
        SELECT * FROM (
          (SELECT ${TRIAL_COLUMNS}, NULL::float8 AS "restViolation", NULL::float8 AS "restCost"
            FROM trials t WHERE t.search_id = s.id AND ${ON_BOARD} AND ${finite}
            ORDER BY t.rank_key, t.number LIMIT ${limit + 1})
          UNION ALL
          (SELECT ${TRIAL_COLUMNS}, ${place} FROM trials t WHERE t.search_id = s.id AND ${ON_BOARD} AND ${rest}
            ORDER BY ${order} LIMIT ${limit + 1})
        ) both_parts ORDER BY "rankKey" NULLS LAST, "restViolation" NULLS LAST, "restCost" NULLS LAST, number LIMIT ${limit + 1}
      ) b ON true
      WHERE s.id = ${searchId}
      ORDER BY b."rankKey" NULLS LAST, b."restViolation" NULLS LAST, b."restCost" NULLS LAST, b.number`;
    const [head] = rows;
    if (head === undefined) return null;
    const ranked = rows.filter((row) => row.id !== null).map((row, i) => ({ rank: (after?.rank ?? 0) + i + 1, row }));
    const items = ranked.slice(0, limit);
    const last = ranked.length > limit ? items.at(-1) : undefined;
    return {
      version: Number(head.version),
      objective: head.spec.objective,
      progress: toProgress({ ...head, status: head.searchStatus }),
      entries: items.map(({ rank, row }) => ({ rank, trial: toTrial(pickTrial(row)) })),
      nextCursor:
        last === undefined
          ? null
          : encodeCursor({
              key: last.row.rankKey,
              number: last.row.number,
              rank: last.rank,
              violation: last.row.restViolation,
              cost: last.row.restCost,
            }),
    };
  }

  async boardRows(searchId: string): Promise<readonly BoardRow[]> {
    return this.client.$queryRaw<BoardRow[]>`
      SELECT t.id, t.number, t.metrics, t.rank_key IS NOT NULL AS "isRanked", t.violation FROM trials t
      WHERE t.search_id = ${searchId} AND ${ON_BOARD} ORDER BY t.number`;
  }

  async getMany(ids: readonly string[]): Promise<readonly Trial[]> {
    const rows = await this.client.$queryRaw<TrialRow[]>`
      SELECT ${TRIAL_COLUMNS} FROM trials t WHERE t.id = ANY(${ids as string[]})`;
    return rows.map(toTrial);
  }

  async measurements(trialId: string): Promise<readonly Measurement[]> {
    return this.client.measurement.findMany({
      where: { trialId },
      orderBy: { step: 'asc' },
      select: { step: true, metrics: true, elapsedMs: true, timing: true },
    }) as Promise<unknown> as Promise<readonly Measurement[]>;
  }
}

/**
 * The order of trials that have no place by value. Without constraints by number, as an index has them; with constraints those
 * that break one come first, by how much they do, then by cost: few as a rule, so they are sorted.
 */
function restOrder(constrained: BoardQuery['constrained'], after: z.infer<typeof boardCursorSchema> | null) {
  const isInRest = after !== null && after.key === null;
  if (constrained === undefined) {
    return {
      place: Prisma.sql`NULL::float8 AS "restViolation", NULL::float8 AS "restCost"`,
      order: Prisma.sql`t.number`,
      isAfter: Prisma.sql`t.number > ${isInRest ? after.number : -1}::int`,
    };
  }
  const cost = constrained === 'maximize' ? Prisma.sql`-t.value` : Prisma.sql`t.value`;
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

function pickTrial(row: TrialRow): TrialRow {
  const { id, searchId, number, status, params, proposal, basis, round, attempt, workerId, provenance } = row;
  const { value, rankKey, violation, step, metrics, editedFrom, reason, createdAt, startedAt, endedAt, durationMs } =
    row;
  return {
    id,
    searchId,
    number,
    status,
    params,
    proposal,
    basis,
    round,
    attempt,
    workerId,
    provenance,
    value,
    rankKey,
    violation,
    step,
    metrics,
    editedFrom,
    reason,
    createdAt,
    startedAt,
    endedAt,
    durationMs,
  };
}
