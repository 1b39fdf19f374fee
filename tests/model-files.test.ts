import type { Dataset } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { writeOnnx } from '../packages/model/onnx/write-onnx.js';
import { encodeRow, forward, predict, type RawRow } from '../packages/model/predict.js';
import { readModel, writeModel } from '../packages/model/safetensors.js';
import { clouds } from '../packages/training/fixtures/jobs.js';
import { loadOnnxRuntime } from './support/onnxruntime.js';
import { mixedTable, type Trained, trained } from './support/trained.js';

const runtime = await loadOnnxRuntime();

/** A row as a person writes it. */
function rawRow(dataset: Dataset, row: number): RawRow {
  const width = dataset.info.features;
  return Array.from({ length: width }, (_, c) => {
    const cell = dataset.features[row * width + c]!;
    if (Number.isNaN(cell)) return null;
    const column = dataset.columns?.[c];
    return column?.kind === 'categorical' ? column.categories[cell]! : cell;
  });
}

/** The dev rows as the ONNX model takes them: categories by their position among those of the model. */
function onnxFeatures(dataset: Dataset, { model, rows }: Trained): Float32Array {
  return Float32Array.from(
    rows.flatMap((row) =>
      rawRow(dataset, row).map((cell, c) => {
        const encoding = model.encodings[c]!;
        if (cell === null) return Number.NaN;
        return encoding.kind === 'categorical' ? encoding.categories.indexOf(String(cell)) : Number(cell);
      }),
    ),
  );
}

const DATA = {
  softmax: clouds({ rows: 150, features: 5, classes: 4 }),
  logistic: clouds({ rows: 150, features: 5, classes: 2 }),
  squaredError: clouds({ rows: 150, features: 5, classes: null }),
} as const;
const ACTIVATIONS = ['relu', 'leakyRelu', 'tanh', 'sigmoid', 'linear'];
const cases = Object.keys(DATA).flatMap((head) =>
  ACTIVATIONS.flatMap((activation) => [true, false].map((batchNorm) => ({ head, activation, batchNorm }) as const)),
);

const tables = { softmax: mixedTable(4), logistic: mixedTable(2), squaredError: mixedTable(null) };

describe('predictions', () => {
  it.each(cases)('are the engine’s: $head, $activation, batch norm $batchNorm', ({ head, ...params }) => {
    const dataset = DATA[head as keyof typeof DATA];
    const { model, rows, engine } = trained(dataset, params);
    rows.forEach((row, i) => {
      const z = forward(model, encodeRow(model, rawRow(dataset, row)));
      for (let o = 0; o < z.length; o++) expect(Math.abs(z[o]! - engine[i]![o]!)).toBeLessThan(1e-4);
    });
  });

  it.each(Object.keys(tables))('are the engine’s for categories and gaps: %s', (head) => {
    const dataset = tables[head as keyof typeof tables];
    const { model, rows, engine } = trained(dataset, {});
    expect(model.encodings[2]).toMatchObject({ other: true, missing: true });
    rows.forEach((row, i) => {
      const z = forward(model, encodeRow(model, rawRow(dataset, row)));
      for (let o = 0; o < z.length; o++) expect(Math.abs(z[o]! - engine[i]![o]!)).toBeLessThan(1e-4);
    });
  });

  it('are classes with probabilities, or values', () => {
    const { model, rows, metrics } = trained(DATA.softmax, {});
    const right = rows.filter((row) => {
      const prediction = predict(model, rawRow(DATA.softmax, row));
      if (prediction.kind !== 'class') throw new Error('a class is expected');
      const shares = Object.values(prediction.probabilities);
      expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(prediction.probabilities[prediction.label]).toBe(Math.max(...shares));
      return prediction.label === `class ${DATA.softmax.targets[row]}`;
    });
    expect(1 - right.length / rows.length).toBeCloseTo(metrics['dev.error']!, 12);
    expect(predict(trained(DATA.squaredError, {}).model, [1, 2, 3, 4, 5])).toMatchObject({ kind: 'value' });
  });

  it('know a category that the file spelt in its own way', () => {
    const base = clouds({ rows: 60, features: 1, classes: 2 });
    const column = (categories: string[]): Dataset => ({
      ...base,
      features: base.features.map((_, row) => row % 2),
      columns: [{ kind: 'categorical', name: 'c', categories }],
    });
    for (const [categories, cells] of [
      [
        ['False', 'True'],
        [false, true],
      ],
      [
        ['1.0', '2.50'],
        [1, 2.5],
      ],
      [
        ['01', '1'],
        ['01', 1],
      ],
    ] as const) {
      const { model } = trained(column([...categories]), { epochs: 1 });
      expect(cells.map((cell) => [...encodeRow(model, [cell])])).toEqual([
        [1, 0],
        [0, 1],
      ]);
      expect([...encodeRow(model, ['something else'])]).toEqual([0, 0]);
    }
  });

  it('are refused for values that a column does not take, naming it', () => {
    const { model } = trained(tables.logistic, { epochs: 1 });
    expect(() => predict(model, ['a', 2000, 'c1'])).toThrow(
      expect.objectContaining({ column: 0, message: 'must be a number' }),
    );
    expect(() => predict(model, [1, 1e39, 'c1'])).toThrow(expect.objectContaining({ column: 1 }));
    expect(() => predict(model, [1, 2])).toThrow('there are 2 values, not 3');
    const { normalization } = model;
    const narrow = { ...model, normalization: { ...normalization, sigma: normalization.sigma.map(() => 1e-30) } };
    expect(() => predict(narrow, [0, 3e38, 'c1'])).toThrow(
      expect.objectContaining({ column: 1, message: 'is too far from the values that were trained on' }),
    );
    const { model: plain } = trained(DATA.logistic, { epochs: 1 });
    expect(() => predict(plain, [1, null, 3, 4, 5])).toThrow(
      expect.objectContaining({ column: 1, message: 'must not be missing' }),
    );
    // A category that nobody has seen is one of the others.
    expect(predict(model, [1, null, 'new'])).toMatchObject({ kind: 'class' });
  });
});

describe('safetensors', () => {
  it.each([true, false])('give the same network back, batch norm %s', (batchNorm) => {
    const { model } = trained(tables.softmax, { batchNorm });
    expect(readModel(writeModel(model))).toEqual(model);
  });

  it('are as the format has it: header, aligned offsets without gaps, a card', () => {
    const { model, metrics } = trained(DATA.logistic, { batchNorm: true });
    const bytes = writeModel(model);
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const { __metadata__: metadata, ...tensors } = header;
    expect(Object.values(metadata).every((value) => typeof value === 'string')).toBe(true);
    expect(metadata).toMatchObject({ datasetChecksum: model.dataset.checksum, seed: '1', task: 'classification' });
    expect(JSON.parse(metadata.metrics)).toEqual(metrics);
    const entries = Object.values(tensors) as { dtype: string; shape: number[]; data_offsets: [number, number] }[];
    let end = 0;
    for (const {
      dtype,
      shape,
      data_offsets: [from, to],
    } of entries) {
      const size = dtype === 'F64' ? 8 : 4;
      expect([from, from % size, to - from]).toEqual([end, 0, size * shape.reduce((a, b) => a * b, 1)]);
      end = to;
    }
    expect(bytes.length).toBe(8 + length + end);
    // PyTorch's way round: [outputs, inputs].
    expect(tensors['layers.0.weight'].shape).toEqual([9, 5]);
  });

  it('are refused when they are something else', () => {
    expect(() => readModel(new Uint8Array(4))).toThrow('is not a safetensors file');
    expect(() => readModel(new Uint8Array(64).fill(1))).toThrow('is not a safetensors file');
  });
});

describe.skipIf(runtime === null)('ONNX in onnxruntime', () => {
  const close = (a: ArrayLike<number | bigint>, b: readonly number[]) => {
    expect(a.length).toBe(b.length);
    b.forEach((x, i) => {
      if (Math.abs(Number(a[i]) - x) > 1e-5) expect.fail(`element ${i} is ${a[i]}, not ${x}`);
    });
  };

  async function compare(dataset: Dataset, network: Trained): Promise<void> {
    const { model, engine } = network;
    const outputs = await runtime!.run(writeOnnx(model), onnxFeatures(dataset, network), dataset.info.features);
    if (model.head === 'squaredError') {
      close(outputs['value']!.data, engine.flat());
      return;
    }
    const shares = engine.map((z) => {
      if (model.head === 'logistic') return [1 / (1 + Math.exp(z[0]!)), 1 / (1 + Math.exp(-z[0]!))];
      const sum = z.reduce((total, x) => total + Math.exp(x), 0);
      return z.map((x) => Math.exp(x) / sum);
    });
    close(outputs['probabilities']!.data, shares.flat());
    close(
      outputs['label']!.data,
      shares.map((row) => row.indexOf(Math.max(...row))),
    );
  }

  it.each(cases)(
    'says what the engine says: $head, $activation, batch norm $batchNorm',
    async ({ head, ...params }) => {
      const dataset = DATA[head as keyof typeof DATA];
      await compare(dataset, trained(dataset, params));
    },
  );

  it.each(Object.keys(tables))('has categories, gaps and normalisation inside: %s', async (head) => {
    const dataset = tables[head as keyof typeof tables];
    await compare(dataset, trained(dataset, {}));
  });

  it('works without hidden layers and without normalisation', async () => {
    await compare(DATA.softmax, trained(DATA.softmax, { hiddenLayers: 0, hiddenUnits: 8, normalizeInputs: false }));
  });
});
