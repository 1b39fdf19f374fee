import { createClient } from '@caviar/client';
import { readModel } from '@caviar/model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endlessParquet } from '../packages/datasets/testing/endless-parquet.js';
import { loadOnnxRuntime } from './support/onnxruntime.js';
import { type Service, startService } from './support/service.js';

let service: Service;
let client: ReturnType<typeof createClient>;
beforeAll(async () => {
  service = await startService({ workers: 1 });
  client = createClient({ baseUrl: service.url });
});
afterAll(() => service.stop());

/** The class hangs on colour and, where there is none, on length; every seventh length is missing. */
const ROWS = Array.from({ length: 240 }, (_, i) => {
  const kind = i % 2 === 0 ? 'rose' : 'tulip';
  const length = i % 7 === 0 ? '' : String((kind === 'rose' ? 3 : 9) + (i % 5) / 10);
  return { length, colour: i % 3 === 0 ? '?' : kind === 'rose' ? 'red' : 'yellow', kind };
});

const trainer = (dataset: string) => ({
  kind: 'mlp' as const,
  dataset,
  params: { epochs: 30, hiddenUnits: 8, batchNorm: true },
});

async function finished(id: string) {
  return expect.poll(() => client.getSearch(id), { timeout: 50_000 }).toMatchObject({ status: 'completed' });
}

async function bestOf(dataset: string) {
  const search = await client.createSearch({
    trainer: trainer(dataset),
    space: { learningRate: { kind: 'float', min: 0.01, max: 0.1, scale: 'log' } },
    sampler: { kind: 'random' },
    stop: { maxTrials: 2 },
    seed: 9,
  });
  await finished(search.id);
  const { best } = await client.getSearch(search.id);
  return best!;
}

test('data comes in, a network goes home, and says what it was trained to say', async () => {
  const text = ['length,colour,kind', ...ROWS.map(({ length, colour, kind }) => `${length},${colour},${kind}`)].join(
    '\n',
  );
  const dataset = await client.createDataset({ name: 'flowers', format: 'csv' }, { file: new Blob([text]) });
  const best = await bestOf('flowers');
  expect(best.value).toBe(0);

  const bytes = await client.getModel(best.trialId);
  const model = readModel(bytes);
  expect(model.dataset).toMatchObject({ id: dataset.id, checksum: dataset.checksum });
  const trial = await client.getTrial(best.trialId);
  // Trained again, it came to the same bits.
  expect(model.training).toMatchObject({
    isExact: true,
    searchSeed: 9,
    trialNumber: best.number,
    metrics: trial.metrics,
  });
  // The second time it is not trained again.
  expect(await client.getModel(best.trialId)).toEqual(bytes);

  const { predictions } = await client.predict(best.trialId, [
    [3.1, 'red'],
    { colour: 'yellow' },
    [9.2, null],
    { length: 3, colour: 'a colour that nobody has seen' },
  ]);
  expect(predictions.map((one) => 'label' in one && one.label)).toEqual(['rose', 'tulip', 'tulip', 'rose']);
  // Texts are read as those of the file were.
  const [spaced, asked] = await Promise.all([
    client.predict(best.trialId, [
      ['NA', ' red '],
      [' ', '?'],
    ]),
    client.predict(best.trialId, [
      [null, 'red'],
      [null, null],
    ]),
  ]);
  expect(spaced).toEqual(asked);
  // Numbers among them too, as whoever reads a CSV file has them.
  const texts = [['3.1', 'red'], [' .5 ', 'red'], ['-', 'red'], { length: '+9e0', colour: 'yellow' }, [true, 'red']];
  const numbers = [[3.1, 'red'], [0.5, 'red'], [null, 'red'], { length: 9, colour: 'yellow' }, [1, 'red']];
  expect(await client.predict(best.trialId, texts)).toEqual(await client.predict(best.trialId, numbers));

  const onnx = await client.getModel(best.trialId, { format: 'onnx' });
  const runtime = await loadOnnxRuntime();
  if (runtime === null) return;
  const [, colour] = model.encodings;
  const codes = colour?.kind === 'categorical' ? colour.categories : [];
  const features = Float32Array.of(
    3.1,
    codes.indexOf('red'),
    Number.NaN,
    codes.indexOf('yellow'),
    9.2,
    Number.NaN,
    3,
    -1,
  );
  const { probabilities } = await runtime.run(onnx, features, 2);
  predictions.forEach((one, row) => {
    const shares = 'probabilities' in one ? Object.values(one.probabilities) : [];
    for (const [c, share] of shares.entries()) {
      expect(Math.abs(share - Number(probabilities!.data[2 * row + c]))).toBeLessThan(1e-5);
    }
  });
});

test('a pruned trial, which may lead the board, has the network that it had when it was stopped', async () => {
  const search = await client.createSearch({
    trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 4, hiddenUnits: 8 } },
    space: { learningRate: { kind: 'float', min: 0.0001, max: 0.1, scale: 'log' } },
    sampler: { kind: 'random' },
    scheduler: { kind: 'asha', minResource: 1, eta: 2 },
    stop: { maxTrials: 6 },
    seed: 3,
  });
  await finished(search.id);
  const { items } = await client.listTrials(search.id, { status: 'pruned' });
  const pruned = items[0]!;
  expect(pruned.step).toBeLessThan(4);
  const model = readModel(await client.getModel(pruned.id));
  expect(model.training).toMatchObject({ isExact: true, epoch: pruned.step, metrics: pruned.metrics });
});

test('callers who go away while their files are read leave room for others', async () => {
  // Two are read at once, and these for ever.
  const gone = [1, 2, 3].map(async (i) => {
    const form = new FormData();
    form.set('meta', JSON.stringify({ name: `endless ${i}`, format: 'parquet' }));
    form.set('file', new Blob([endlessParquet()]), 'damaged.parquet');
    const signal = AbortSignal.timeout(1_500);
    return fetch(`${service.url}/v1/datasets`, { method: 'POST', body: form, signal }).catch(
      (error: Error) => error.name,
    );
  });
  expect(await Promise.all(gone)).toEqual(['TimeoutError', 'TimeoutError', 'TimeoutError']);
  const { rows } = await client.createDataset(
    { name: 'after', format: 'csv' },
    { file: new Blob(['a,y\n1,x\n2,z\n']) },
    { signal: AbortSignal.timeout(60_000) },
  );
  expect(rows).toBe(2);
});

describe('what makes no sense is refused', () => {
  test('rows, by row and column', async () => {
    const { trialId } = await bestOf('flowers');
    const refusal = async (rows: Parameters<typeof client.predict>[1]) => {
      const error = await client.predict(trialId, rows).catch((caught: unknown) => caught);
      return (error as { problem: { errors: unknown[] } }).problem;
    };
    expect(
      await refusal([
        [3, 'red'],
        ['x', 'red'],
      ]),
    ).toMatchObject({
      status: 422,
      errors: [{ pointer: '/rows/1/0', message: 'must be a number (row 1, column "length")' }],
    });
    expect(await refusal([{ length: 'x' }])).toMatchObject({ errors: [{ pointer: '/rows/0/length' }] });
    expect(await refusal([{ size: 1 }])).toMatchObject({
      errors: [{ pointer: '/rows/0/size', message: 'there is no such column; there are length, colour' }],
    });
    expect(await refusal([[1]])).toMatchObject({
      errors: [{ message: expect.stringContaining('there are 1 values, not 2') }],
    });
    expect(await refusal([])).toMatchObject({ status: 422, errors: [{ pointer: '/rows' }] });
    expect(await refusal(Array.from({ length: 101 }, () => [3, 'red']))).toMatchObject({
      errors: [{ pointer: '/rows' }],
    });
  });

  test('trials without a network', async () => {
    const search = await client.createSearch({
      trainer: { kind: 'quadratic' },
      space: { learningRate: { kind: 'float', min: 0.01, max: 0.1 } },
      stop: { maxTrials: 1 },
    });
    await finished(search.id);
    const { best } = await client.getSearch(search.id);
    await expect(client.getModel(best!.trialId)).rejects.toMatchObject({ problem: { status: 409, code: 'no-model' } });
    await expect(client.getModel('trl_x')).rejects.toMatchObject({ problem: { status: 404, code: 'trial-not-found' } });
    const { items } = await client.listDatasets();
    const own = items.find(({ name }) => name === 'flowers')!;
    const { trialId } = await bestOf('flowers');
    await client.deleteDataset(own.id);
    await expect(client.getModel(trialId)).rejects.toMatchObject({
      problem: { code: 'no-model', detail: expect.stringContaining('was deleted') },
    });
  });
});
