import type { RungRecord, StoredRecord, TrialStore } from '@caviar/orchestrator';
import type { Metrics, Params, TrialStatus } from '@caviar/spec';
import type { Client } from './client.js';
import { Prisma } from './generated/client.js';

/** Trials of one statement at most: what comes back are strings, whose length has bounds here and in Postgres. */
const BLOCK = 4096;

/** Trials by column: each a list in the order of their numbers, null for none. */
interface Columns {
  readonly numbers: string | null;
  readonly params: string;
  readonly statuses: string;
  readonly values: string;
  readonly steps: string;
  readonly metrics: string | null;
  readonly edits: string;
  readonly targets: string;
  readonly rungs: string;
}

type Which = Parameters<TrialStore['records']>[1];

/**
 * Trials as samplers learn from them, by number. A hundred thousand of them row by row take a third of a second of processor time,
 * nearly all of it for taking rows apart; put together by Postgres as one text per column they take an eighth.
 */
export function readRecords(client: Client, searchId: string, which: Which): Promise<readonly StoredRecord[]> {
  return inBlocks(client, searchId, { ...which, more: Prisma.empty, rowsOf: recordsOf });
}

/** The same with what schedulers go by. */
export function readRungRecords(client: Client, searchId: string, which: Which): Promise<readonly RungRecord[]> {
  const more = Prisma.sql`,
    string_agg(coalesce(t.target_step::text, ''), ',' ORDER BY t.number) AS targets,
    '[' || string_agg(t.rungs::text, ',' ORDER BY t.number) || ']' AS rungs`;
  const rowsOf = (columns: Columns) => {
    const targets = columns.targets.split(',');
    const rungs = JSON.parse(columns.rungs) as RungRecord['rungs'][];
    return recordsOf(columns).map((record, i) => ({
      ...record,
      targetStep: numberOrNull(targets[i]),
      rungs: rungs[i]!,
    }));
  };
  return inBlocks(client, searchId, { ...which, more, rowsOf });
}

async function inBlocks<Row extends { readonly number: number }>(
  client: Client,
  searchId: string,
  {
    from,
    below,
    withMetrics = true,
    more,
    rowsOf,
  }: Which & { readonly more: Prisma.Sql; readonly rowsOf: (columns: Columns) => readonly Row[] },
): Promise<readonly Row[]> {
  const all: Row[] = [];
  for (let first = from; first < below; ) {
    const [columns] = await client.$read<Columns[]>`
      SELECT string_agg(t.number::text, ',' ORDER BY t.number) AS numbers,
        '[' || string_agg(t.params::text, ',' ORDER BY t.number) || ']' AS params,
        string_agg(t.status::text, ',' ORDER BY t.number) AS statuses,
        string_agg(coalesce(t.value::text, ''), ',' ORDER BY t.number) AS values,
        string_agg(t.step::text, ',' ORDER BY t.number) AS steps,
        ${withMetrics ? Prisma.sql`'[' || string_agg(t.metrics::text, ',' ORDER BY t.number) || ']'` : Prisma.sql`NULL::text`} AS metrics,
        string_agg(coalesce(t.edited_from::text, ''), ',' ORDER BY t.number) AS edits ${more}
      FROM (
        SELECT * FROM trials t WHERE t.search_id = ${searchId} AND t.number >= ${first} AND t.number < ${below}
        ORDER BY t.number LIMIT ${BLOCK}
      ) t`;
    const block = columns === undefined || columns.numbers === null ? [] : rowsOf(columns);
    for (const row of block) all.push(row);
    const last = block.at(-1);
    if (last === undefined || block.length < BLOCK) return all;
    first = last.number + 1;
  }
  return all;
}

function recordsOf({ numbers, params, statuses, values, steps, metrics, edits }: Columns): StoredRecord[] {
  const [status, value, step, edited] = [statuses, values, steps, edits].map((text) => text.split(','));
  const paramsOf = JSON.parse(params) as Params[];
  const metricsOf = metrics === null ? null : (JSON.parse(metrics) as Metrics[]);
  return (numbers ?? '').split(',').map((number, i) => ({
    number: Number(number),
    params: paramsOf[i]!,
    status: status![i] as TrialStatus,
    value: numberOrNull(value![i]),
    step: Number(step![i]),
    metrics: metricsOf === null ? {} : metricsOf[i]!,
    editedFrom: numberOrNull(edited![i]),
  }));
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined || text === '' ? null : Number(text);
}
