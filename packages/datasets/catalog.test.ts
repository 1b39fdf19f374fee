import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { BUILT_IN, createCatalog, listDatasets, loadDataset } from './index.js';

const counts = (labels: ArrayLike<number>, classes: number): number[] => {
  const result = new Array<number>(classes).fill(0);
  for (const label of Array.from(labels)) result[label]!++;
  return result;
};

describe('built-in data sets', () => {
  it('ships the digits, as published', async () => {
    const { info, features, targets } = await loadDataset('digits');
    expect(info).toMatchObject({ rows: 1797, features: 64, classes: 10, image: { height: 8, width: 8 } });
    // First picture: a nought whose top row is 0 0 5 13 9 1 0 0.
    expect([...features.subarray(0, 8)]).toEqual([0, 0, 5, 13, 9, 1, 0, 0]);
    expect([...targets.subarray(0, 10)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(counts(targets, 10)).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    expect(features.every((x) => x >= 0 && x <= 16 && Number.isInteger(x))).toBe(true);
  });

  it('ships the breast cancer set with malignant as the positive class', async () => {
    const { info, features, targets } = await loadDataset('breast-cancer-wisconsin');
    expect(counts(targets, 2)).toEqual([357, 212]);
    expect(info.classNames?.[targets[0]!]).toBe('malignant');
    expect(features[0]).toBe(Math.fround(17.99));
  });

  it('ships 10,000 pictures of clothes', async () => {
    const { info, features, targets } = await loadDataset('fashion-mnist');
    expect(info).toMatchObject({ rows: 10_000, features: 784, classes: 10, image: { height: 28, width: 28 } });
    expect(counts(targets, 10)).toEqual(new Array(10).fill(1000));
    // The first is an ankle boot; its pixels add up to 33,456.
    expect(info.classNames?.[targets[0]!]).toBe('Ankle boot');
    expect([...features.subarray(0, 784)].reduce((a, b) => a + b, 0)).toBe(33_456);
    expect([...features.subarray(215, 220)]).toEqual([3, 1, 0, 0, 7]);
  });

  it('lists what it can load, and nothing twice', async () => {
    const ids = listDatasets().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect((await loadDataset(id)).info.id).toBe(id);
  });

  it('reads a set once', async () => {
    const [a, b] = await Promise.all([loadDataset('digits'), loadDataset('digits')]);
    expect(a.features).toBe(b.features);
  });

  it('refuses an unknown id', async () => {
    await expect(loadDataset('constructor')).rejects.toMatchObject({ name: 'DatasetNotFoundError' });
  });
});

describe('a damaged file', () => {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  it('is refused by its checksum, and read again once it is repaired', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'caviar-datasets-'));
    folders.push(folder);
    const catalog = createCatalog(BUILT_IN, folder);
    await writeFile(join(folder, 'digits.csv.gz'), 'not it');
    await expect(catalog.load('digits')).rejects.toMatchObject({ name: 'DatasetCorruptError' });
    const { readFile } = await import('node:fs/promises');
    await writeFile(join(folder, 'digits.csv.gz'), await readFile(new URL('./data/digits.csv.gz', import.meta.url)));
    await expect(catalog.load('digits')).resolves.toMatchObject({ info: { id: 'digits' } });
  });
});
