import { type Dataset, MAX_ONE_HOT } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { clouds, drain, lastMetrics, mlpJob } from '../fixtures/jobs.js';
import { startTraining } from '../start-training.js';
import { encodeDataset } from './encode.js';

const { NaN: missing } = Number;
const plain = (train: Int32Array) => ({ normalize: false, key: String(train) });

/** age (numbers), city (Bern, Oslo, Rome), seen on five rows. */
function table(features: readonly number[], changes: Partial<Dataset> = {}): Dataset {
  const base = clouds({ rows: features.length / 2, features: 2, classes: 2 });
  return {
    ...base,
    features: Float32Array.from(features),
    columns: [
      { kind: 'numeric', name: 'age' },
      { kind: 'categorical', name: 'city', categories: ['Bern', 'Oslo', 'Rome'] },
    ],
    ...changes,
  };
}

describe('encodeDataset', () => {
  it('fills in the mean of the training rows, and tells where', () => {
    // The mean of rows 0 to 2 is (10 + 20) / 2; what row 3 says must not move it.
    const dataset = table([10, 0, missing, 2, 20, 2, 99, 1, missing, missing]);
    const train = Int32Array.of(0, 1, 2);
    const { encodings, dataset: encoded } = encodeDataset(dataset, train, plain(train));
    expect(encodings).toEqual([
      { kind: 'numeric', name: 'age', fill: 15, indicator: true },
      { kind: 'categorical', name: 'city', categories: ['Bern', 'Rome'], other: false, missing: false },
    ]);
    expect(encoded.info.features).toBe(4);
    expect([...encoded.features.subarray(0, 12)]).toEqual([10, 0, 1, 0, 15, 1, 0, 1, 20, 0, 0, 1]);
    // Oslo and a missing city were never trained on: nothing is 1.
    expect([...encoded.features.subarray(12)]).toEqual([99, 0, 0, 0, 15, 1, 0, 0]);
  });

  it('gives a missing category an input where the training rows have one', () => {
    const train = Int32Array.of(0, 1);
    const { encodings, dataset } = encodeDataset(table([1, missing, 2, 1, 3, 0]), train, plain(train));
    expect(encodings[1]).toMatchObject({ categories: ['Oslo'], missing: true });
    expect([...dataset.features]).toEqual([1, 0, 1, 2, 1, 0, 3, 0, 0]);
  });

  it('lets rare categories share one input', () => {
    const count = MAX_ONE_HOT + 6;
    const codes = Array.from({ length: 3 * count }, (_, i) => i % count);
    // The first six appear once more, so the last ones are the rare ones.
    const cells = [...codes, 0, 1, 2, 3, 4, 5].flatMap((code) => [0, code]);
    const categories = Array.from({ length: count }, (_, i) => `c${i}`);
    const dataset = table(cells, {
      columns: [
        { kind: 'numeric', name: 'age' },
        { kind: 'categorical', name: 'many', categories },
      ],
    });
    const train = Int32Array.from({ length: cells.length / 2 }, (_, row) => row);
    const { encodings, dataset: encoded } = encodeDataset(dataset, train, plain(train));
    expect(encodings[1]).toMatchObject({ categories: categories.slice(0, MAX_ONE_HOT), other: true });
    const width = 1 + MAX_ONE_HOT + 1;
    const inputsOf = (row: number) => [...encoded.features.subarray(row * width + 1, (row + 1) * width)];
    expect(inputsOf(3).indexOf(1)).toBe(3);
    expect(inputsOf(count - 1).indexOf(1)).toBe(MAX_ONE_HOT);
    for (let row = 0; row < train.length; row++) expect(inputsOf(row).reduce((a, b) => a + b)).toBe(1);
  });

  it('refuses more inputs than a network has memory for, before it takes any', () => {
    const [rows, width] = [70_000, 300];
    const categories = Array.from({ length: MAX_ONE_HOT }, (_, code) => `c${code}`);
    const features = new Uint8Array(rows * width);
    for (let row = 0; row < MAX_ONE_HOT; row++) features.fill(row, row * width, (row + 1) * width);
    const columns = Array.from({ length: width }, (_, c) => ({
      kind: 'categorical' as const,
      name: `${c}`,
      categories,
    }));
    const base = clouds({ rows: 2, features: 2, classes: 2 });
    const dataset = { ...base, info: { ...base.info, rows, features: width }, features, columns };
    const train = Int32Array.from({ length: MAX_ONE_HOT }, (_, row) => row);
    expect(() => encodeDataset(dataset, train, plain(train))).toThrow(
      'has 70000 rows of 19200 inputs, 5.0 GiB; there are 4 at most',
    );
  });

  it('normalises numbers by the training rows, and leaves what is 0 or 1', () => {
    const dataset = table([10, 0, missing, 2, 20, 2, 99, 1]);
    const train = Int32Array.of(0, 1, 2);
    const { normalization } = encodeDataset(dataset, train, { normalize: true, key: 'a' });
    // 10, 15 and 20: mean 15, variance 50 / 3.
    expect([...normalization.mean]).toEqual([15, 0, 0, 0]);
    expect(normalization.sigma[0]).toBeCloseTo(Math.sqrt(50 / 3), 12);
    expect([...normalization.sigma.subarray(1)]).toEqual([1, 1, 1]);
  });

  it('hands a set without columns through as it is', () => {
    const dataset = clouds({ rows: 10, features: 3, classes: 2 });
    const { dataset: encoded } = encodeDataset(dataset, Int32Array.of(0, 1), { normalize: true, key: 'a' });
    expect(encoded.features).toBe(dataset.features);
  });
});

it('trains to the same bits whether pictures lie there as bytes or as floats', () => {
  const { info, targets } = clouds({ rows: 60, features: 5, classes: 3 });
  const bytes = Uint8Array.from({ length: 60 * 5 }, (_, i) => (i * i * 37) % 256);
  for (const normalizeInputs of [true, false]) {
    const [a, b] = [bytes, Float32Array.from(bytes)].map((features) =>
      drain(startTraining(mlpJob({ info, targets, features }, { normalizeInputs, epochs: 3 }))),
    );
    expect(a).toEqual(b);
    expect(lastMetrics(a!)['train.loss']).toBeGreaterThan(0);
  }
});

describe('training on columns with categories and missing values', () => {
  // The class is the city, but for rows whose city is missing: there the age tells.
  const rows = 300;
  const cells = Array.from({ length: rows }, (_, row) => {
    const label = row % 2;
    return row % 5 === 0 ? [label, missing] : [missing, label === 0 ? 0 : 2];
  });
  const dataset = table(cells.flat(), { targets: Int32Array.from({ length: rows }, (_, row) => row % 2) });
  const job = mlpJob({ ...dataset, info: { ...dataset.info, rows, classes: 2 } }, { epochs: 20, learningRate: 0.05 });

  it('learns them', () => {
    expect(lastMetrics(drain(startTraining(job)))['dev.error']).toBe(0);
  });

  it('comes to the same bits whatever the test rows hold', () => {
    const other = Float32Array.from(dataset.features);
    const withTest = (features: Dataset['features']): Dataset => ({
      ...dataset,
      info: { ...dataset.info, rows: 200, testRows: 100 },
      features,
    });
    other.fill(1, 400);
    const split = { train: 0.8, dev: 0.2, test: 0 };
    const trainer = { ...job.trainer, split } as typeof job.trainer;
    const [a, b] = [dataset.features, other].map((features) =>
      drain(startTraining({ ...job, trainer, dataset: withTest(features) })),
    );
    expect(a).toEqual(b);
  });
});
