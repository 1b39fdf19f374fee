import { createTestDatabase, runSql } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { createDatabase } from './index.js';

const files = await createTestDatabase();
const db = createDatabase({ url: files.url });
afterAll(async () => {
  await db.close();
  await files.drop();
});

test('a sample has completed trials with a finite value only, of the numbers asked for, and is the same each time', async () => {
  await runSql(files.url, `INSERT INTO searches (id, name, spec) VALUES ('srch_1', 's', '{}'), ('srch_2', 's', '{}')`);
  await runSql(
    files.url,
    `INSERT INTO trials (id, search_id, number, status, params, proposal, value, rank_key)
     SELECT 'trl_' || s || '_' || i, s, i,
       (CASE WHEN i % 10 = 0 THEN 'pruned' WHEN i % 10 = 1 THEN 'running' ELSE 'completed' END)::trial_status,
       '{"x":1}', '', i, CASE WHEN i % 10 = 2 THEN NULL ELSE i END
     FROM generate_series(0, 99) i, unnest(ARRAY['srch_1', 'srch_2']) s`,
  );
  const numbersOf = async (which: Parameters<typeof db.trials.valued>[1]) =>
    (await db.trials.valued('srch_1', which)).map(({ number, value, params }) => {
      expect([value, params]).toEqual([number, { x: 1 }]);
      return number;
    });
  const all = await numbersOf({ numbers: null, limit: 1_000, seed: 3 });
  expect([...all].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i).filter((i) => i % 10 > 2));
  const some = await numbersOf({ numbers: null, limit: 20, seed: 3 });
  expect(some).toEqual(all.slice(0, 20));
  expect(Math.max(...some)).toBeGreaterThan(50); // not the first ones
  expect(await numbersOf({ numbers: null, limit: 20, seed: 4 })).not.toEqual(some);
  const few = await numbersOf({ numbers: [1, 2, 3, 4, 500], limit: 20, seed: 3 });
  expect([...few].sort((a, b) => a - b)).toEqual([3, 4]);
});
