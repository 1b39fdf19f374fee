import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { datasetMetaSchema } from '@caviar/spec';
import { afterAll, expect, it } from 'vitest';
import { endlessParquet } from '../testing/endless-parquet.js';
import { ingestInThread, type Patience } from './ingest-in-thread.js';

const folder = mkdtempSync(join(tmpdir(), 'caviar-ingest-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(format: 'csv' | 'parquet', content: string | Uint8Array, patience?: Patience) {
  const path = join(folder, format);
  writeFileSync(path, content);
  const meta = datasetMetaSchema.parse({ name: 'x', format });
  return ingestInThread(
    { meta, files: [{ field: 'file', path }], options: { contentPath: join(folder, 'content') } },
    patience,
  );
}

it('reads a file, and says what is wrong with one', async () => {
  const { info } = await read('csv', 'a,y\n1,x\n2,z\n');
  expect(info).toMatchObject({ rows: 2, classNames: ['x', 'z'] });
  await expect(read('csv', 'a,y\n1\n')).rejects.toMatchObject({ name: 'IngestError', path: ['file'] });
});

it('gives up a damaged file that its reader never comes to the end of', async () => {
  await expect(read('parquet', endlessParquet(), { limitMs: 1_000 })).rejects.toMatchObject({
    name: 'IngestError',
    path: ['file'],
    message: 'could not be read in 1 s: is it damaged?',
  });
});

it('stops when nobody waits any more, and does not begin then', async () => {
  const gone = new AbortController();
  const reading = read('parquet', endlessParquet(), { signal: gone.signal });
  setTimeout(() => gone.abort(new Error('gone')), 300);
  await expect(reading).rejects.toThrow('gone');
  await expect(read('csv', 'a,y\n1,x\n2,z\n', { signal: gone.signal })).rejects.toThrow('gone');
});
