import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseIdx } from './formats/idx.js';
import { datasetFromArrays } from './from-arrays.js';
import { datasetFromCsv } from './from-table.js';

const label = {
  id: 'x',
  name: 'x',
  description: '',
  task: 'classification',
  checksum: '',
  source: '',
  licence: '',
  builtIn: false,
} as const;

describe('datasetFromCsv', () => {
  it('takes numbers as they are and writes other columns one-hot, in alphabetical order', () => {
    const text = 'age,city,label\n1,Rome,yes\n2.5,Bern,no\n-3,?,yes\n';
    const { info, features, targets } = datasetFromCsv(text, label);
    expect(info).toMatchObject({ rows: 3, features: 4, classes: 2, classNames: ['no', 'yes'] });
    // age, city = ?, Bern, Rome
    expect([...features]).toEqual([1, 0, 0, 1, 2.5, 0, 1, 0, -3, 1, 0, 0]);
    expect([...targets]).toEqual([1, 0, 1]);
  });

  it('takes the target by name or index, and orders numeric classes by size', () => {
    const text = '10;a\n9;b\n10;a\n';
    const { info, targets } = datasetFromCsv(text, label, { delimiter: ';', header: false, target: 0 });
    expect(info.classNames).toEqual(['9', '10']);
    expect([...targets]).toEqual([1, 0, 1]);
    expect(() => datasetFromCsv(text, label, { delimiter: ';', target: 'none' })).toThrow(/no column "none"/);
  });

  it('reads where rows come from, which is no feature', () => {
    const text = 'from,x,label\nweb,1,a\napp,2,b\nweb,3,b\n';
    const { info, features, sources } = datasetFromCsv(text, label, { source: 'from' });
    expect(info.sources).toEqual([
      { name: 'app', rows: 1 },
      { name: 'web', rows: 2 },
    ]);
    expect([...sources!]).toEqual([1, 0, 1]);
    expect([...features]).toEqual([1, 2, 3]);
    expect(datasetFromCsv(text, label).info.sources).toBeUndefined();
    expect(() => datasetFromCsv(text, label, { source: 'label' })).toThrow('cannot be target and source');
    expect(() => datasetFromCsv(text, label, { source: 'where' })).toThrow(/no column "where"/);
  });

  it('says by how much the targets of a regression deviate: of 1, 2, 3 and 6 by the root of 14/4', () => {
    const { info } = datasetFromCsv('x,y\n0,1\n0,2\n0,3\n0,6\n', { ...label, task: 'regression' });
    expect(info.targetDeviation).toBeCloseTo(Math.sqrt(14 / 4), 12);
    const arrays = datasetFromArrays(
      { shape: [2, 1], values: [0, 0] },
      { shape: [2], values: [-1, 1] },
      {
        ...label,
        task: 'regression',
      },
    );
    expect(arrays.info.targetDeviation).toBe(1);
  });

  it.each([
    ['a,b\n1,2\n3\n', /record 3 has 1 fields, not 2/],
    ['a,b\n', /no rows/],
    ['a,b\n1,x\n?,y\n', /column "a" has 1 missing numbers/],
  ])('refuses %j', (text, message) => {
    expect(() => datasetFromCsv(text, label)).toThrow(message);
  });

  it('refuses a regression target that is no number', () => {
    expect(() => datasetFromCsv('a,b\n1,x\n', { ...label, task: 'regression' })).toThrow(/record 2: the target "x"/);
  });
});

describe('datasetFromArrays', () => {
  it('takes three dimensions for pictures', () => {
    const features = { shape: [2, 2, 1], values: [1, 2, 3, 4] };
    const { info, targets } = datasetFromArrays(features, { shape: [2], values: [0, 2] }, label);
    expect(info).toMatchObject({ rows: 2, features: 2, classes: 3, image: { height: 2, width: 1 } });
    expect([...targets]).toEqual([0, 2]);
  });

  it.each([
    [{ shape: [2], values: [0, 0.5] }, /row 1 has 0.5 for a class/],
    [{ shape: [3], values: [0, 1, 2] }, /targets of shape \[3\]/],
  ])('refuses %j', (targets, message) => {
    expect(() => datasetFromArrays({ shape: [2, 1], values: [1, 2] }, targets, label)).toThrow(message);
  });

  it('refuses a feature that is not finite', () => {
    const features = { shape: [2, 1], values: [1, Number.NaN] };
    expect(() => datasetFromArrays(features, { shape: [2], values: [0, 1] }, label)).toThrow(/row 1/);
  });
});

const shared = new URL('../../../shared/datasets/', import.meta.url);

describe.skipIf(!existsSync(shared))('real files', () => {
  const read = (name: string) => readFileSync(new URL(name, shared));

  it("reads UCI's own wine table", () => {
    const text = read('wine-quality/winequality-red.csv').toString('utf8');
    const { info, targets } = datasetFromCsv(
      text,
      { ...label, task: 'regression' },
      { delimiter: ';', target: 'quality' },
    );
    expect(info).toMatchObject({ rows: 1599, features: 11 });
    expect(Math.min(...targets)).toBe(3);
  });

  it("reads the publisher's IDX files of Fashion-MNIST", () => {
    const [images, labels] = ['train-images-idx3', 'train-labels-idx1'].map((name) =>
      parseIdx(gunzipSync(read(`fashion-mnist/${name}-ubyte.gz`))),
    );
    const { info, features, targets } = datasetFromArrays(images!, labels!, label);
    expect(info).toMatchObject({ rows: 60_000, features: 784, classes: 10, image: { height: 28, width: 28 } });
    expect(Math.max(...features.subarray(0, 784))).toBe(255);
    // Balanced, says the publisher.
    expect(Array.from(targets).filter((label) => label === 9)).toHaveLength(6000);
  });

  it('reads the census with its categories and missing cells', () => {
    const text = gunzipSync(read('adult/adult-train.csv.gz')).toString('utf8');
    const { info, targets } = datasetFromCsv(text, label);
    // 6 numeric columns and 102 categories, "?" among them.
    expect(info).toMatchObject({ rows: 32_561, features: 108, classes: 2 });
    expect(Array.from(targets).reduce((a, b) => a + b, 0) / 32_561).toBeCloseTo(0.241, 3);
  });
});
