import { createTestDatabase, runSql } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { createClient } from './client.js';
import { createDatabase } from './database.js';
import { readRecords, readRungRecords } from './stored-records.js';
import { quadraticSpec } from './testing/quadratic-spec.js';

const files = await createTestDatabase();
const db = createDatabase({ url: files.url });
const { client, close } = createClient({ url: files.url });

afterAll(async () => {
  await Promise.all([db.close(), close()]);
  await files.drop();
});

const COUNT = 9000; // more than two statements' worth
const SEARCH = 'srch_records';
const more = { project: 'default', plannedTotal: 10_000, roundCount: 0, prior: [], idempotency: null };
await db.searches.create({ id: SEARCH, spec: quadraticSpec(2), ...more });
// Every kind of value that a row can have, with commas, quotes and braces where a list could break.
await runSql(
  files.url,
  `INSERT INTO trials (id, search_id, number, status, params, proposal, value, step, metrics, edited_from, target_step, rungs)
   SELECT 't' || n, '${SEARCH}', n,
     (ARRAY['completed', 'running', 'infeasible', 'pruned', 'queued', 'paused', 'failed', 'cancelled'])[1 + n % 8]::trial_status,
     json_build_object('b', n / 7.0, 'a', 'x,"]}\\ü' || chr(10) || n, 'c', n % 2 = 0), '',
     CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN 5e-324 WHEN 2 THEN -0.1 * n WHEN 3 THEN 1.7976931348623157e308 ELSE 1.0 / (1 + n) END,
     n % 3, json_build_object('cost', 0.1 * n, 'w', NULL), CASE WHEN n % 4 = 0 THEN n END,
     CASE WHEN n % 3 = 0 THEN 9 END, CASE n % 3 WHEN 0 THEN '{}' WHEN 1 THEN json_build_object('3', 0.1 * n, '9', NULL) ELSE '{"3":{"a":1}}'::json END
   FROM generate_series(0, ${COUNT - 1}) n`,
);

async function rowByRow(from: number, below: number) {
  return client.$queryRaw`
    SELECT t.number, t.params, t.status, t.value, t.step, t.metrics, t.edited_from AS "editedFrom" FROM trials t
    WHERE t.search_id = ${SEARCH} AND t.number >= ${from} AND t.number < ${below} ORDER BY t.number`;
}

test.each([
  [0, COUNT],
  [17, 4113],
  [17, 4114],
  [8191, 2 ** 31 - 1],
  [5, 6],
  [5, 5],
  [COUNT, COUNT + 10],
])('trials %i to %i are what they are row by row', async (from, below) => {
  expect(await readRecords(client, SEARCH, { from, below })).toEqual(await rowByRow(from, below));
});

test('with what schedulers go by they are what they are row by row', async () => {
  const records = await readRungRecords(client, SEARCH, { from: 0, below: COUNT });
  expect(records).toHaveLength(COUNT);
  expect(records).toEqual(await db.rungs.rungRecords(SEARCH, { numbers: [], from: 0 }));
  expect(await db.rungs.allRungRecords(SEARCH, { from: COUNT, below: COUNT + 9 })).toEqual([]);
});

test('gaps in the numbers make no difference, and metrics can be left out', async () => {
  await runSql(files.url, `DELETE FROM trials WHERE search_id = '${SEARCH}' AND number % 3 = 1`);
  const records = await readRecords(client, SEARCH, { from: 0, below: COUNT });
  expect(records).toEqual(await rowByRow(0, COUNT));
  const bare = records.map((record) => ({ ...record, metrics: {} }));
  expect(await readRecords(client, SEARCH, { from: 0, below: COUNT, withMetrics: false })).toEqual(bare);
});
