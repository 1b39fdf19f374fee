import { createReadStream, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ingestInThread } from '@caviar/datasets';
import { backup, restore } from '@caviar/local';
import { datasetMetaSchema } from '@caviar/spec';
import { createTestDatabase, runSql, temporaryFolder } from '@caviar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULTS, reproducible, type Stack, startStack } from './support/stack.js';

const SPEC = {
  ...DEFAULTS,
  trainer: { kind: 'quadratic', params: { steps: 20 }, maxRetries: 2 },
  sampler: { kind: 'random' },
  space: { learningRate: { kind: 'float', min: 1e-7, max: 1, scale: 'log' } },
} as const;

const folder = temporaryFolder('backup');
const [original, copy] = [await createTestDatabase(), await createTestDatabase()];
let stack: Stack;
let searchId: string;
beforeAll(async () => {
  stack = await startStack({ workers: 1, leaseMs: 2_000, databaseUrl: original.url });
  const { search } = await stack.orchestrator.createSearch(
    {
      name: 'ünïcode \\ \t and "quotes"',
      ...SPEC,
      stop: { maxTrials: 30 },
      seed: 3,
    },
    {},
  );
  searchId = search.id;
  await stack.orchestrator.createKey({ name: 'night', role: 'read', project: 'default' });
  await stack.finished(searchId);
});
afterAll(async () => {
  await stack.stop();
  await original.drop();
  await copy.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** Every table with all its rows as Postgres writes them, in an order that does not depend on where they lie. */
async function contents(url: string, only?: string): Promise<unknown> {
  const tables = (await runSql(
    url,
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1",
  )) as { name: string }[];
  const entries = await Promise.all(
    tables
      .filter(({ name }) => only === undefined || name === only)
      .map(async ({ name }) => [name, await runSql(url, `SELECT t::text AS row FROM "${name}" t ORDER BY 1`)]),
  );
  return Object.fromEntries(entries);
}

describe('a backup', () => {
  test('made while a search runs, and restored, is the database as it was: to the bit, and able to go on', async () => {
    // Something that runs on while the backup is made: it is in it as it was at one moment.
    const { search: running } = await stack.orchestrator.createSearch(
      {
        ...SPEC,
        stop: { maxTrials: 100 },
        seed: 4,
      },
      {},
    );
    const target = join(folder, 'first');
    const { tables } = await backup(original.url, target);
    expect(tables.find(({ name }) => name === 'trials')?.rows).toBeGreaterThan(30);
    // Secrets are in it: nobody else may read it.
    for (const file of readdirSync(target)) expect(statSync(join(target, file)).mode & 0o077, file).toBe(0);

    await restore(copy.url, target);
    const other = await startStack({ workers: 1, leaseMs: 2_000, databaseUrl: copy.url });
    try {
      expect(await reproducible(other, searchId)).toEqual(await reproducible(stack, searchId));
      expect((await other.orchestrator.getSearch(searchId)).spec).toEqual(
        (await stack.orchestrator.getSearch(searchId)).spec,
      );
      expect((await other.orchestrator.listKeys({ limit: 10 })).items.map(({ name }) => name)).toEqual(['night']);
      // Counters are what the rows say, though no trigger has counted them; and the search goes on to the same board.
      await other.finished(running.id);
      await stack.finished(running.id);
      expect(await reproducible(other, running.id)).toEqual(await reproducible(stack, running.id));
    } finally {
      await other.stop();
    }
  });

  test('at rest is equal row by row', async () => {
    const still = await createTestDatabase();
    const source = await createTestDatabase();
    try {
      await backup(original.url, join(folder, 'second'));
      await restore(still.url, join(folder, 'second'));
      await backup(still.url, join(folder, 'third'));
      await restore(source.url, join(folder, 'third'));
      expect(await contents(source.url)).toEqual(await contents(still.url));
    } finally {
      await still.drop();
      await source.drop();
    }
  });
});

describe('data sets and checkpoints', () => {
  test('come along: a search on own data that is paused in the middle goes on elsewhere, to the same bits', async () => {
    // Workers of another machine: without copies of data sets.
    const [from, to] = [join(folder, 'home'), join(folder, 'another home')];
    const [source, target] = [await createTestDatabase(), await createTestDatabase()];
    const first = await startStack({ workers: 1, checkpointMs: 50, databaseUrl: source.url, home: from });
    let second: Stack | undefined;
    try {
      const rows = Array.from(
        { length: 3_000 },
        (_, i) => `${Math.sin(i)},${Math.cos(i * i)},${i % 3 === 0 ? 'yes' : 'no'}`,
      );
      const path = join(folder, 'own.csv');
      writeFileSync(path, `a,b,answer\n${rows.join('\n')}\n`);
      const contentPath = join(folder, 'own.content');
      const meta = datasetMetaSchema.parse({ name: 'own', format: 'csv' });
      const ingested = await ingestInThread({ meta, files: [{ field: 'file', path }], options: { contentPath } });
      const content = createReadStream(contentPath);
      const { dataset } = await first.orchestrator.createDataset({ ...ingested, content }, 'default');
      const { search } = await first.orchestrator.createSearch(
        {
          ...SPEC,
          trainer: { kind: 'mlp', dataset: 'own', params: { epochs: 2_000, keepProb: 0.8 }, maxRetries: 0 },
          stop: { maxTrials: 2 },
          parallelism: 2,
          seed: 8,
        },
        {},
      );
      const trials = await first.until(async () => {
        const { items } = await first.orchestrator.listTrials(search.id, { limit: 2 });
        const left = await Promise.all(items.map(({ id }) => first.checkpointsOf(id)));
        return left.some(({ length }) => length > 0) && items;
      });
      await first.orchestrator.pauseSearch(search.id);
      await first.until(async () => (await first.orchestrator.getSearch(search.id)).progress.running === 0);
      const { tables } = await backup(source.url, join(folder, 'data'));
      const rowsOf = (table: string) => tables.find(({ name }) => name === table)?.rows;
      expect([rowsOf('datasets'), rowsOf('dataset_chunks')]).toEqual([1, 1]);
      expect(rowsOf('checkpoints')).toBeGreaterThan(0);

      await restore(target.url, join(folder, 'data'));
      for (const table of ['datasets', 'dataset_chunks', 'checkpoints']) {
        const [restored, there] = await Promise.all([target, source].map(({ url }) => contents(url, table)));
        expect(restored).toEqual(there);
      }
      second = await startStack({ workers: 1, databaseUrl: target.url, home: to });
      for (const stack of [first, second]) await stack.orchestrator.resumeSearch(search.id);
      for (const stack of [first, second]) {
        expect(await stack.finished(search.id)).toMatchObject({ status: 'completed', progress: { completed: 2 } });
      }
      expect(await reproducible(second, search.id)).toEqual(await reproducible(first, search.id));
      // It fetched the data from the database that it has now, and trained on from where the other one was.
      expect(readdirSync(join(to, 'datasets'))).toEqual([`${dataset.info.checksum.replace(':', '-')}.gz`]);
      const attempts = await Promise.all(trials.map(({ id }) => second!.orchestrator.getTrial(id)));
      expect(Math.max(...attempts.map((trial) => trial.attempts))).toBe(2);
    } finally {
      await second?.stop();
      await first.stop();
      await source.drop();
      await target.drop();
    }
  });
});

describe('is refused', () => {
  test('a folder that is not empty', async () => {
    mkdirSync(join(folder, 'full'));
    writeFileSync(join(folder, 'full', 'x'), '');
    await expect(backup(original.url, join(folder, 'full'))).rejects.toThrow('is not empty');
  });

  test('a restore into a database with rows, and nothing is changed', async () => {
    const before = await contents(copy.url);
    await expect(restore(copy.url, join(folder, 'first'))).rejects.toThrow(/table \w+ is not empty/);
    expect(await contents(copy.url)).toEqual(before);
  });

  test('what is no whole backup, and what is of another version; nothing of it stays', async () => {
    const empty = await createTestDatabase();
    try {
      await expect(restore(empty.url, join(folder, 'full'))).rejects.toThrow('holds no whole backup');
      const target = join(folder, 'broken');
      await backup(original.url, target);
      const file = join(target, 'manifest.json');
      const manifest = JSON.parse(readFileSync(file, 'utf8'));
      writeFileSync(file, JSON.stringify({ ...manifest, migrations: [...manifest.migrations, '2099_next'] }));
      await expect(restore(empty.url, target)).rejects.toThrow('of a newer version: the database lacks 2099_next');
      writeFileSync(file, JSON.stringify({ ...manifest, migrations: manifest.migrations.slice(0, -1) }));
      await expect(restore(empty.url, target)).rejects.toThrow('of an older version');
      writeFileSync(file, JSON.stringify(manifest));
      const trials = join(target, 'trials.copy.gz');
      writeFileSync(trials, readFileSync(trials).subarray(0, 200));
      await expect(restore(empty.url, target)).rejects.toThrow(/unexpected end of file/);
      expect(await runSql(empty.url, 'SELECT count(*)::int AS n FROM searches')).toEqual([{ n: 0 }]);
    } finally {
      await empty.drop();
    }
  });
});
