import type { Dataset } from '@caviar/spec';
import { expect, it } from 'vitest';
import { findDataset, loadDataset } from './catalog.js';
import { contentPieces, readContent } from './content.js';

const contentOf = (dataset: Dataset) => new Uint8Array(Buffer.concat([...contentPieces(dataset, 'label')]));

it('comes back as it was written, from any place in memory', async () => {
  const dataset = await loadDataset('breast-cancer-wisconsin');
  const bytes = contentOf(dataset);
  const shifted = new Uint8Array(bytes.length + 1).subarray(1);
  shifted.set(bytes);
  for (const stored of [bytes, shifted, Buffer.from(bytes)]) {
    const read = readContent(stored, dataset.info);
    expect(read).toEqual({ info: dataset.info, features: dataset.features, targets: dataset.targets });
  }
});

it('keeps pictures as bytes, and writes the same whether they came as bytes or as floats', () => {
  const pixels = Uint8Array.of(0, 255, 7, 128, 1, 2);
  const targets = Int32Array.of(0, 1);
  const info = { ...findDataset('digits')!, rows: 2, features: 3 };
  const bytes = contentOf({ info, features: pixels, targets });
  expect(contentOf({ info, features: Float32Array.from(pixels), targets })).toEqual(bytes);
  for (const stored of [bytes, Buffer.from(bytes)]) {
    const { features } = readContent(stored, info);
    expect(features).toEqual(pixels);
    expect(features.constructor).toBe(Uint8Array); // a Buffer's `slice` would be a view
  }
  const half = Float32Array.from(pixels);
  half[5] = 0.5;
  expect(readContent(contentOf({ info, features: half, targets }), info).features).toEqual(half);
});

it('is refused when it is something else, of another version or cut off', async () => {
  const dataset = await loadDataset('digits');
  const bytes = contentOf(dataset);
  expect(() => readContent(new Uint8Array(20), dataset.info)).toThrow('is no data set');
  expect(() => readContent(bytes.subarray(0, -4), dataset.info)).toThrow('is cut off');
  const other = bytes.slice();
  other[4] = 9;
  expect(() => readContent(other, dataset.info)).toThrow('has version 9, not 1');
});
