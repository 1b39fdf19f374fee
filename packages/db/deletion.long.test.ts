import { createTestDatabase, runSql } from '@caviar/testing';
import { expect, test } from 'vitest';
import { createDatabase } from './index.js';
import { newSearch, quadraticSpec } from './testing/quadratic-spec.js';

test('a search whose rows take longer to delete than any other statement may take is deleted', async () => {
  const server = await createTestDatabase();
  const database = createDatabase({ url: server.url });
  try {
    await database.searches.create({ ...newSearch('srch_large', quadraticSpec(1)), plannedTotal: 1 });
    await runSql(
      server.url,
      `UPDATE searches SET status = 'cancelled';
       CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(65); RETURN OLD; END';
       CREATE TRIGGER slow BEFORE DELETE ON searches FOR EACH ROW EXECUTE FUNCTION slow()`,
    );
    expect(await database.searches.delete('srch_large')).toBe(true);
    expect(await runSql(server.url, 'SELECT id FROM searches')).toEqual([]);
  } finally {
    await database.close();
    await server.drop();
  }
});
