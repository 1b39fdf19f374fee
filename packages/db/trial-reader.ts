import type { BoardPage, BoardQuery, BoardRow, PageQuery, TrialStore } from '@caviar/orchestrator';
import type { Measurement, Trial, TrialStatus } from '@caviar/spec';
import { z } from 'zod';
import { BoardReader } from './board-reader.js';
import type { Client } from './client.js';
import { cursorFields, cutPage, decodeCursor } from './cursor.js';
import { Prisma } from './generated/client.js';
import { type TrialRow, toTrial } from './rows.js';
import { readRecords } from './stored-records.js';
import { ON_BOARD, TRIAL_COLUMNS } from './trial-sql.js';
import { readValuedTrials } from './valued-trials.js';

const numberCursorSchema = z.object({ number: cursorFields.count });
type Reads = Pick<
  TrialStore,
  'get' | 'list' | 'records' | 'given' | 'boardRows' | 'getMany' | 'valued' | 'leaderboard' | 'measurements'
>;

/** Trials as people and samplers read them. */
export class TrialReader implements Reads {
  readonly #boards: BoardReader;

  constructor(protected readonly client: Client) {
    this.#boards = new BoardReader(client);
  }

  async get(id: string): Promise<Trial | null> {
    const [row] = await this.client.$read<TrialRow[]>`SELECT ${TRIAL_COLUMNS} FROM trials t WHERE t.id = ${id}`;
    return row === undefined ? null : toTrial(row);
  }

  async list(searchId: string, { status, limit, cursor }: PageQuery & { readonly status?: TrialStatus | undefined }) {
    const list = `trials of ${searchId}`;
    const after = decodeCursor(list, numberCursorSchema, cursor)?.number ?? -1;
    const rows = await this.client.$read<TrialRow[]>`
      SELECT ${TRIAL_COLUMNS} FROM trials t
      WHERE t.search_id = ${searchId} AND t.number > ${after}
        AND ${status === undefined ? Prisma.sql`true` : Prisma.sql`t.status = ${status}::trial_status`}
      ORDER BY t.number LIMIT ${limit + 1}`;
    const page = cutPage(rows, limit, { list, placeOf: ({ number }) => ({ number }) });
    return { items: page.items.map(toTrial), nextCursor: page.nextCursor };
  }

  records(...question: Parameters<TrialStore['records']>): ReturnType<TrialStore['records']> {
    return readRecords(this.client, ...question);
  }

  async given(searchId: string) {
    return this.client.$read<Pick<Trial, 'number' | 'params'>[]>`
      SELECT t.number, t.params FROM trials t WHERE t.search_id = ${searchId} AND t.given ORDER BY t.number`;
  }

  valued(...question: Parameters<TrialStore['valued']>): ReturnType<TrialStore['valued']> {
    return readValuedTrials(this.client, ...question);
  }

  leaderboard(searchId: string, query: BoardQuery): Promise<BoardPage | null> {
    return this.#boards.read(searchId, query);
  }

  async boardRows(searchId: string): Promise<readonly BoardRow[]> {
    return this.client.$read<BoardRow[]>`
      SELECT t.id, t.number, t.metrics, t.rank_key IS NOT NULL AS "isRanked", t.violation FROM trials t
      WHERE t.search_id = ${searchId} AND ${ON_BOARD} ORDER BY t.number`;
  }

  async getMany(ids: readonly string[]): Promise<readonly Trial[]> {
    const rows = await this.client.$read<TrialRow[]>`
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
