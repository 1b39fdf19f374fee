import type { TrialStore } from '@caviar/orchestrator';
import type { Params } from '@caviar/spec';
import { numberColumn } from './chart-columns.js';
import type { Client } from './client.js';
import { Prisma } from './generated/client.js';

interface ValuedTrial {
  readonly number: number;
  readonly params: Params;
  readonly value: number;
}

/** A sample of the completed trials of a search with a finite value; the same one for the same seed. */
export async function readValuedTrials(
  client: Client,
  searchId: string,
  { numbers, limit, seed, metric }: Parameters<TrialStore['valued']>[1],
): Promise<readonly ValuedTrial[]> {
  const among = numbers === null ? Prisma.sql`true` : Prisma.sql`t.number = ANY(${numbers as number[]}::int[])`;
  const value = metric === undefined ? Prisma.sql`t.value` : numberColumn(`metrics.${metric}`);
  return client.$read<ValuedTrial[]>`
    SELECT t.number, t.params, ${value} AS value FROM trials t
    WHERE t.search_id = ${searchId} AND ${among} AND t.status = 'completed' AND t.rank_key IS NOT NULL
      AND ${value} IS NOT NULL
      AND t.edited_from IS NULL -- its value is not that of its params
    ORDER BY hashint4extended(t.number, ${seed}::bigint), t.number LIMIT ${limit}`;
}
