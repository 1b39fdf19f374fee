import type { SearchSpec } from '@caviar/spec';
import { createTestDatabase, runSql } from '@caviar/testing';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createDatabase } from './index.js';
import { newSearch, quadraticSpec } from './testing/quadratic-spec.js';

const files = await createTestDatabase();
const db = createDatabase({ url: files.url });
afterAll(async () => {
  await db.close();
  await files.drop();
});

beforeEach(async () => {
  await runSql(files.url, 'TRUNCATE searches CASCADE');
});

/** A running search of five trials, `made` of which are there; eight may be in flight. */
async function create(id: string, made: number, stop: Partial<SearchSpec['stop']> = {}): Promise<void> {
  await db.searches.create({
    ...newSearch(id, { ...quadraticSpec(2), stop: { maxTrials: 5, ...stop } }),
    plannedTotal: 5,
  });
  const trials = Array.from({ length: made }, (_, number) => {
    return { id: `${id}_${number}`, number, params: {}, proposal: '', round: null, basis: null };
  });
  await db.trials.add({ id, spaceVersion: 1, given: 0 }, trials);
}
const listed = async () => [...(await db.searches.listAdvanceable())].sort();

describe('searches that a reconciler looks at', () => {
  test('have room for trials, and more to make', async () => {
    await create('srch_more', 4);
    await create('srch_all_made', 5);
    expect(await listed()).toEqual(['srch_more']);
  });

  test('or have come to their end without anybody having said so', async () => {
    await create('srch_ended', 5);
    await db.trials.cancelOpen('srch_ended', 'x');
    await create('srch_late', 5, { maxDurationMs: 1 });
    await create('srch_target', 5, { targetValue: 0 }); // reached, perhaps, by one that has ended
    await runSql(files.url, `UPDATE searches SET active_ms = 5 WHERE id = 'srch_late'`);
    expect(await listed()).toEqual(['srch_ended', 'srch_late', 'srch_target']);
  });

  test('or have trials that wait, which may go on', async () => {
    await create('srch_waiting', 5);
    await db.trials.pauseOne('srch_waiting_0', 'by hand');
    expect(await listed()).toEqual(['srch_waiting']);
  });

  test('have their turn where there are more than are looked at in one round', async () => {
    await runSql(
      files.url,
      `INSERT INTO searches (id, name, project, spec, external, planned_total, round_count)
       SELECT 'srch_' || n, 'x', 'default', '{ "parallelism": 8, "stop": { "maxTrials": 5 } }', true, 5, 0
       FROM generate_series(1, 1200) n`,
    );
    const seen = new Set<string>();
    for (let round = 0; round < 50 && seen.size < 1200; round++) for (const id of await listed()) seen.add(id);
    expect(seen.size).toBe(1200);
  });
});

test('a search with millions of trials may take longer to delete than other statements may take', async () => {
  await create('srch_large', 1);
  await runSql(files.url, `UPDATE searches SET status = 'cancelled'`);
  await runSql(
    files.url,
    `CREATE FUNCTION hurry() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF current_setting('statement_timeout') <> '0' THEN RAISE 'it would be cut off'; END IF;
       RETURN OLD;
     END $$;
     CREATE TRIGGER hurry BEFORE DELETE ON trials FOR EACH ROW EXECUTE FUNCTION hurry()`,
  );
  expect(await db.searches.delete('srch_large')).toBe(true);
  expect(await db.searches.delete('srch_large')).toBe(false);
  expect(await runSql(files.url, 'SELECT id FROM trials')).toEqual([]);
  await runSql(files.url, 'DROP FUNCTION hurry CASCADE');
});
