import type { BoardPage, BoardRow, PageQuery, StoredRecord, TrialStore } from '@caviar/orchestrator';
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
});

const TRIAL_COLUMNS = Prisma.sql`
  t.id, t.search_id AS "searchId", t.number, t.status, t.params, t.proposal, t.basis, t.round, t.attempt,
  t.worker_id AS "workerId", t.provenance, t.value, t.rank_key AS "rankKey", t.step, t.metrics,
  t.edited_from AS "editedFrom", t.reason,
  t.created_at AS "createdAt", t.started_at AS "startedAt", t.ended_at AS "endedAt", t.duration_ms AS "durationMs"`;

const ON_BOARD = Prisma.sql`t.status IN ('completed', 'pruned', 'infeasible')`;

type Reads = Pick<
  TrialStore,
  'get' | 'list' | 'records' | 'boardRows' | 'getMany' | 'valued' | 'leaderboard' | 'measurements'
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

  valued(...question: Parameters<TrialStore['valued']>): ReturnType<TrialStore['valued']> {
    return readValuedTrials(this.client, ...question);
  }

  async leaderboard(searchId: string, { limit, cursor }: PageQuery): Promise<BoardPage | null> {
    type Row = TrialRow &
      Pick<SearchRow, Exclude<TrialStatus, never> | 'version' | 'plannedTotal' | 'spec'> & {
        searchStatus: SearchRow['status'];
      };
    const after = decodeCursor(boardCursorSchema, cursor);
    // Two index scans, finite values and then the rest, each already in order: a page costs the same at any size.
    const finite =
      after === null
        ? Prisma.sql`t.rank_key IS NOT NULL`
        : after.key === null
          ? Prisma.sql`false`
          : Prisma.sql`(t.rank_key, t.number) > (${after.key}::float8, ${after.number}::int)`;
    const rest = Prisma.sql`t.rank_key IS NULL AND t.number > ${after?.key === null ? after.number : -1}::int`;
    const rows = await this.client.$queryRaw<Row[]>`
      SELECT b.*, s.version, s.spec, s.status AS "searchStatus", s.planned_total AS "plannedTotal",
        s.queued, s.running, s.paused, s.completed, s.pruned, s.infeasible, s.failed, s.cancelled
      FROM searches s LEFT JOIN LATERAL (
        SELECT * FROM (
          (SELECT ${TRIAL_COLUMNS} FROM trials t WHERE t.search_id = s.id AND ${ON_BOARD} AND ${finite}
            ORDER BY t.rank_key, t.number LIMIT ${limit + 1})
          UNION ALL
          (SELECT ${TRIAL_COLUMNS} FROM trials t WHERE t.search_id = s.id AND ${ON_BOARD} AND ${rest}
            ORDER BY t.number LIMIT ${limit + 1})
        ) both_parts ORDER BY "rankKey" NULLS LAST, number LIMIT ${limit + 1}
      ) b ON true
      WHERE s.id = ${searchId} ORDER BY b."rankKey" NULLS LAST, b.number`;
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
        last === undefined ? null : encodeCursor({ key: last.row.rankKey, number: last.row.number, rank: last.rank }),
    };
  }

  async boardRows(searchId: string): Promise<readonly BoardRow[]> {
    return this.client.$queryRaw<BoardRow[]>`
      SELECT t.id, t.number, t.metrics, t.rank_key IS NOT NULL AS "isRanked" FROM trials t
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

function pickTrial(row: TrialRow): TrialRow {
  const { id, searchId, number, status, params, proposal, basis, round, attempt, workerId, provenance } = row;
  const { value, rankKey, step, metrics, editedFrom, reason, createdAt, startedAt, endedAt, durationMs } = row;
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
