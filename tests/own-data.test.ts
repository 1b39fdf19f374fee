import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FileField, ingestInThread, loadDataset, type UploadedFile } from '@caviar/datasets';
import { type DatasetMetaInput, datasetMetaSchema, type SearchSpecInput } from '@caviar/spec';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { npyFile } from '../packages/datasets/testing/uploads.js';
import { allTrials, DEFAULTS, type Stack, startStack } from './support/stack.js';

let stack: Stack;
let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'caviar-own-data-'));
  stack = await startStack({ workers: 1, home });
});
afterAll(async () => {
  await stack.stop();
  await rm(home, { recursive: true });
});

/** Brings files in as the API does, but for HTTP. */
async function bring(meta: DatasetMetaInput, files: readonly UploadedFile[]) {
  const contentPath = join(home, `${meta.name}.content`);
  const ingested = await ingestInThread({ meta: datasetMetaSchema.parse(meta), files, options: { contentPath } });
  const content = createReadStream(contentPath);
  return (await stack.orchestrator.createDataset({ ...ingested, content }, 'default')).dataset;
}

async function written(field: FileField, bytes: Uint8Array): Promise<UploadedFile> {
  const path = join(home, `${field}-${bytes.length}`);
  await writeFile(path, bytes);
  return { field, path };
}

async function searched(dataset: string, params: Record<string, number>, change: Partial<SearchSpecInput> = {}) {
  const spec: SearchSpecInput = {
    ...DEFAULTS,
    trainer: { kind: 'mlp', dataset, params, maxRetries: 0 },
    space: { learningRate: { kind: 'float', min: 3e-3, max: 3e-2, scale: 'log' } },
    sampler: { kind: 'random' },
    stop: { maxTrials: 3 },
    seed: 5,
    ...change,
  };
  const { search } = await stack.orchestrator.createSearch(spec, {});
  return stack.finished(search.id);
}

const shared = new URL('../../shared/datasets/', import.meta.url);
const real = (name: string): UploadedFile => ({ field: 'file', path: fileURLToPath(new URL(name, shared)) });

describe.skipIf(!existsSync(shared))('real files', () => {
  test("the census: categories, missing cells, and the publisher's own test part", async () => {
    const files = [real('adult/adult-train.csv.gz'), real('adult/adult-test.csv.gz')];
    const { info } = await bring({ name: 'adult', format: 'csv' }, files);
    const { id, best, spec } = await searched('adult', { epochs: 2, hiddenUnits: 16, batchSize: 256 });
    expect(spec.trainer).toMatchObject({ dataset: info.id, split: { train: 0.8, dev: 0.2, test: 0 } });
    // A network that says "at most 50K" of everybody is wrong in 24 %.
    expect(best?.value).toBeLessThan(0.17);
    const { rows, metrics } = await stack.orchestrator.evaluateTest(id);
    expect(rows).toBe(16_281);
    expect(metrics['test.error']).toBeLessThan(0.17);
    // The worker has kept a copy.
    const copies = await readdir(join(home, 'datasets'));
    expect(copies).toContain(`${info.checksum.replace(':', '-')}.gz`);
  });

  test("UCI's wine as a regression", async () => {
    await bring({ name: 'wine', format: 'csv', target: 'quality', task: 'regression' }, [
      real('wine-quality/winequality-red.csv'),
    ]);
    const { best, spec } = await searched('wine', { epochs: 20, hiddenUnits: 16 });
    expect(spec.objective.metric).toBe('dev.rmse');
    // The mean's own error is 0.81.
    expect(best?.value).toBeLessThan(0.75);
  });
});

test('digits come to the same bits whether they are built in, NPY or Parquet', async () => {
  const { features, targets } = await loadDataset('digits');
  const arrays = [
    await written('features', npyFile(features, [1797, 8, 8])),
    await written('labels', npyFile(targets, [1797], { descr: '<i8' })),
  ];
  await bring({ name: 'npy', format: 'npy' }, arrays);
  const columnData = [
    ...Array.from({ length: 64 }, (_, c) => ({
      name: `p${c}`,
      data: Array.from({ length: 1797 }, (__, row) => features[row * 64 + c]!),
      type: 'DOUBLE' as const,
    })),
    { name: 'digit', data: [...targets], type: 'INT32' as const },
  ];
  const table = await written('file', new Uint8Array(parquetWriteBuffer({ columnData })));
  await bring({ name: 'parquet', format: 'parquet' }, [table]);
  const curves = [];
  for (const name of ['digits', 'npy', 'parquet']) {
    const { id } = await searched(name, { epochs: 4, hiddenUnits: 16 }, { stop: { maxTrials: 2 } });
    const trials = await allTrials(stack, id);
    curves.push(trials.map(({ params, metrics, status }) => ({ params, metrics, status })));
  }
  expect(curves[1]).toEqual(curves[0]);
  expect(curves[2]).toEqual(curves[0]);
});

test('rows of a group stay together, and a damaged copy is fetched again', async () => {
  // Ten people with ten rows each; the person's number decides the class.
  const lines = Array.from({ length: 100 }, (_, i) => `p${i % 10},${i % 10},${i},${i % 2 === 0 ? 'x' : 'z'}`);
  const text = `who,a,b,y\n${lines.join('\n')}\n`;
  const { info } = await bring({ name: 'people', format: 'csv', columns: { who: 'group' } }, [
    await written('file', new TextEncoder().encode(text)),
  ]);
  const first = await searched('people', { epochs: 2 });
  expect(first.progress).toMatchObject({ completed: 3, failed: 0 });
  // What a thread holds in memory is not read again: others come in between.
  await searched('npy', { epochs: 1 }, { stop: { maxTrials: 1 } });
  await searched('parquet', { epochs: 1 }, { stop: { maxTrials: 1 } });
  await writeFile(join(home, 'datasets', `${info.checksum.replace(':', '-')}.gz`), 'not it');
  const trainer = { kind: 'mlp', dataset: 'people', params: { epochs: 2 }, maxRetries: 1 } as const;
  const again = await searched('people', {}, { trainer });
  expect(again.progress).toMatchObject({ completed: 3, failed: 0 });
});

test('a search of which every trial diverged says what to do', async () => {
  const { id, progress } = await searched('people', { epochs: 2, hiddenLayers: 30, initScale: 1000 });
  expect(progress.infeasible).toBe(3);
  await expect(stack.orchestrator.diagnoseSearch(id, { bayesError: 0 })).rejects.toMatchObject({
    code: 'nothing-to-diagnose',
    message: expect.stringMatching(/diverged: .* Search lower learning rates/),
  });
});

test('a search whose data set is gone says so', async () => {
  const { info } = await bring({ name: 'gone', format: 'csv' }, [
    await written('file', new TextEncoder().encode(`a,y\n${'1,x\n2,z\n'.repeat(10)}`)),
  ]);
  const { id } = await searched('gone', { epochs: 1 });
  await stack.orchestrator.deleteDataset(info.id, { project: 'default', seesAll: false });
  await expect(stack.orchestrator.evaluateTest(id)).rejects.toMatchObject({
    code: 'nothing-to-evaluate',
    message: expect.stringContaining('was deleted'),
  });
  await expect(stack.orchestrator.diagnoseSearch(id, { bayesError: 0 })).rejects.toMatchObject({
    code: 'nothing-to-diagnose',
  });
});
