import { mkdtemp, open, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '@caviar/db';
import { createTestDatabase } from '@caviar/testing';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createDatasetCache } from './dataset-cache.js';

const database = await createTestDatabase();
const db = createDatabase({ url: database.url });
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caviar-cache-'));
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const BYTES = 1000;
async function store(id: string): Promise<string> {
  const column = { name: 'a', kind: 'numeric', missing: 0, distinct: 2, warnings: [] } as const;
  await db.storedDatasets.create(
    {
      info: {
        id,
        name: id,
        description: '',
        task: 'classification',
        rows: 2,
        features: 1,
        classes: 2,
        classNames: ['x', 'z'],
        image: null,
        checksum: `sha256:${id}`,
        source: '',
        licence: '',
        builtIn: false,
      },
      summary: { target: column, columns: [column], others: [] },
      project: 'default',
      bytes: BYTES,
    },
    (async function* () {
      yield Buffer.alloc(BYTES / 2, id);
      yield Buffer.alloc(BYTES / 2, id);
    })(),
  );
  return id;
}

const cacheOf = (maxBytes: number, content: typeof db.storedDatasets.content = (id) => db.storedDatasets.content(id)) =>
  createDatasetCache({
    datasets: { list: () => [], find: () => null, summary: () => Promise.reject(new Error('there is none')) },
    storedDatasets: Object.assign(Object.create(db.storedDatasets), { content }),
    folder,
    maxBytes,
  });

test('keeps what was used last, as far as there is room, and fetches the rest again', async () => {
  const cache = cacheOf(2.5 * BYTES);
  const [one, two, three] = [await store('ds_1'), await store('ds_2'), await store('ds_3')];
  const age = async (id: string, seconds: number) => {
    const at = new Date(Date.now() - 1000 * seconds);
    await utimes(join(folder, `sha256-${id}.gz`), at, at);
  };
  await cache.locate(one);
  await age(one, 100);
  await cache.locate(two);
  await age(two, 50);
  await cache.locate(one); // it is used again, and so the younger one
  await cache.locate(three);
  expect((await readdir(folder)).sort()).toEqual(['sha256-ds_1.gz', 'sha256-ds_3.gz']);
  const place = await cache.locate(two);
  if (place.kind !== 'file') return expect.fail();
  expect(await readFile(place.path)).toEqual(Buffer.alloc(BYTES, 'ds_2'));
  await rm(folder, { recursive: true });
});

test('keeps one that alone is larger than all the room', async () => {
  const place = await cacheOf(10).locate(await store('ds_4'));
  expect(place).toMatchObject({ kind: 'file', path: join(folder, 'sha256-ds_4.gz') });
  expect(await readdir(folder)).toHaveLength(1);
});

test('clears away what a killed worker left, and leaves what is on its way', async () => {
  await writeFile(join(folder, 'old.part'), 'x');
  await writeFile(join(folder, 'new.part'), 'x');
  const long = new Date(Date.now() - 2 * 60 * 60_000);
  await utimes(join(folder, 'old.part'), long, long);
  await cacheOf(1e9).locate(await store('ds_5'));
  expect((await readdir(folder)).sort()).toEqual(['new.part', 'sha256-ds_5.gz']);
});

test('says so when the data set was deleted', async () => {
  await expect(cacheOf(1e9).locate('ds_0')).rejects.toMatchObject({ code: 'dataset-not-found' });
});

test('leaves a copy that was located a moment ago to whoever is about to read it, however little room there is', async () => {
  const [first, second] = [await store('ds_6'), await store('ds_7')];
  const place = await cacheOf(10).locate(first);
  await cacheOf(10).locate(second); // another worker of the machine
  if (place.kind !== 'file') return expect.fail();
  expect(await readFile(place.path)).toEqual(Buffer.alloc(BYTES, 'ds_6'));
});

test('goes on reading a copy that is evicted, or whose data set is deleted, in the middle', async () => {
  const place = await cacheOf(1e9).locate(await store('ds_8'));
  if (place.kind !== 'file') return expect.fail();
  const file = await open(place.path);
  expect((await file.read({ length: BYTES / 2 })).bytesRead).toBe(BYTES / 2);
  expect(await db.storedDatasets.delete('ds_8')).toEqual({ usedBy: null });
  const long = new Date(Date.now() - 60_000);
  await utimes(place.path, long, long);
  await cacheOf(10).locate(await store('ds_9'));
  expect(await readdir(folder)).toEqual(['sha256-ds_9.gz']);
  expect((await file.read({ length: BYTES })).buffer.subarray(0, BYTES / 2)).toEqual(Buffer.alloc(BYTES / 2, 'ds_8'));
  await file.close();
});

test('a data set that is deleted while it is fetched leaves no half copy behind', async () => {
  const cache = cacheOf(1e9, async function* (id) {
    yield Buffer.alloc(BYTES / 2, id);
    await db.storedDatasets.delete(id);
    yield* db.storedDatasets.content(id);
  });
  await expect(cache.locate(await store('ds_10'))).rejects.toMatchObject({ code: 'dataset-not-found' });
  expect(await readdir(folder)).toEqual([]);
});
