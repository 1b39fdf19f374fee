import { describe, expect, test } from 'vitest';
import { createTestDatabase, runSql, testRedis } from './index.js';

describe('createTestDatabase', () => {
  test('gives each caller a database of its own', async () => {
    const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await runSql(first.url, 'CREATE TABLE only_here (id int)');
    const there = await runSql(second.url, `SELECT to_regclass('only_here') AS found`);
    expect(there).toEqual([{ found: null }]);
    await Promise.all([first.drop(), second.drop()]);
    await expect(runSql(first.url, 'SELECT 1')).rejects.toThrow(/does not exist/);
  });
});

describe('testRedis', () => {
  test('never gives the same prefix twice', () => {
    expect(testRedis().prefix).not.toBe(testRedis().prefix);
    expect(testRedis().url).toBe(testRedis().url);
  });
});
