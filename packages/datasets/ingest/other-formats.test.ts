import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Table, tableToIPC, vectorFromArray } from 'apache-arrow';
import { zipSync } from 'fflate';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../catalog.js';
import { npyFile, upload } from '../testing/uploads.js';
import { unpackLz4Frame } from './arrow-codecs.js';

const bytes = (buffer: ArrayBuffer | Uint8Array) => new Uint8Array(buffer);
const cells = (values: ArrayLike<number>) => Array.from(values, (x) => (Number.isNaN(x) ? null : x));

/** age with a gap, city with a gap, and the class. */
const parquet = () =>
  bytes(
    parquetWriteBuffer({
      columnData: [
        { name: 'age', data: [39, null, 50.5], type: 'DOUBLE' },
        { name: 'big', data: [1n, 2n, 3n], type: 'INT64' },
        { name: 'city', data: ['Rome', 'Bern', null], type: 'STRING' },
        { name: 'y', data: [true, false, true], type: 'BOOLEAN' },
      ],
    }),
  );
const arrow = (kind: 'file' | 'stream') =>
  tableToIPC(
    new Table({
      age: vectorFromArray([39, null, 50.5]),
      big: vectorFromArray([1n, 2n, 3n]),
      city: vectorFromArray(['Rome', 'Bern', null]),
      y: vectorFromArray([true, false, true]),
    }),
    kind,
  );

describe.each([
  ['parquet', parquet()],
  ['arrow', arrow('file')],
  ['arrow', arrow('stream')],
] as const)('a table as %s', (format, file) => {
  it('is read by column, with what is missing, gzipped or not', async () => {
    for (const body of [file, gzipSync(file)]) {
      const { dataset } = await upload({ format }, { file: body });
      expect(dataset.info).toMatchObject({ rows: 3, features: 3, classNames: ['false', 'true'] });
      expect(dataset.columns?.map(({ kind }) => kind)).toEqual(['numeric', 'numeric', 'categorical']);
      expect(cells(dataset.features)).toEqual([39, 1, 1, null, 2, 0, 50.5, 3, null]);
      expect([...dataset.targets]).toEqual([1, 0, 1]);
    }
  });

  it('is refused when it is cut off, or of another format', async () => {
    // A stream has no mark at its end: what is cut out of its middle shows.
    const cut = file.slice(0, Math.floor(file.length * 0.7));
    await expect(upload({ format }, { file: cut })).rejects.toMatchObject({ name: 'IngestError', path: ['file'] });
    await expect(upload({ format }, { file: 'a,y\n1,2\n' })).rejects.toMatchObject({
      message: expect.stringMatching(/is (not a Parquet file|neither an Arrow file)/),
    });
  });

  it('is refused beyond its limits, before its rows are read', async () => {
    const limits = { unpackedBytes: 10_000_000, cells: 8 };
    await expect(upload({ format }, { file }, limits)).rejects.toMatchObject({ isTooLarge: true });
  });

  it('lacks no row but those without a target', async () => {
    const { dataset, summary } = await upload({ format, target: 'city' }, { file });
    const whole = await upload({ format }, { file });
    expect(summary.target.missing).toBeGreaterThan(0);
    expect(dataset.info.rows + summary.target.missing).toBe(whole.dataset.info.rows);
  });
});

describe('compressed by the reference libraries of their codecs', () => {
  const read = (name: string) =>
    new Uint8Array(readFileSync(new URL(`../testing/compressed/${name}`, import.meta.url)));
  const rows = Array.from({ length: 200 }, (_, i) => i);

  const writes = (codec: 'GZIP' | 'BROTLI' | 'SNAPPY', compress: (bytes: Uint8Array) => Uint8Array) =>
    bytes(
      parquetWriteBuffer({
        columnData: [
          { name: 'x', data: rows.map((i) => (i % 7 === 3 ? null : i / 4)), type: 'DOUBLE' },
          { name: 'city', data: rows.map((i) => ['Rome', 'Bern', 'Paris'][i % 3]), type: 'STRING' },
          { name: 'note', data: rows.map((i) => `text ${i % 5}`), type: 'STRING' },
          { name: 'y', data: rows.map((i) => i % 2), type: 'INT32' },
        ],
        codec,
        ...(codec === 'SNAPPY' ? {} : { compressors: { [codec]: compress } }),
      }),
    );

  it.each([
    ['arrow', 'lz4.arrow', () => read('lz4.arrow')],
    ['arrow', 'lz4-stream.arrow', () => read('lz4-stream.arrow')],
    ['arrow', 'zstd.arrow', () => read('zstd.arrow')],
    ['parquet', 'zstd.parquet', () => read('zstd.parquet')],
    ['parquet', 'lz4-raw.parquet', () => read('lz4-raw.parquet')],
    ['parquet', 'snappy', () => writes('SNAPPY', (x) => x)],
    ['parquet', 'gzip', () => writes('GZIP', (x) => new Uint8Array(gzipSync(x)))],
    ['parquet', 'brotli', () => writes('BROTLI', (x) => new Uint8Array(brotliCompressSync(x)))],
  ] as const)('a table as %s, %s', async (format, _, file) => {
    for (const body of [file(), gzipSync(file())]) {
      const { dataset } = await upload({ format }, { file: body });
      expect(dataset.columns?.map(({ name }) => name)).toEqual(['x', 'city', 'note']);
      expect(cells(dataset.features)).toEqual(
        rows.flatMap((i) => [i % 7 === 3 ? null : i / 4, [2, 0, 1][i % 3], i % 5]),
      );
      expect([...dataset.targets]).toEqual(rows.map((i) => i % 2));
    }
  });

  it('is refused when it is damaged, or unpacks to too much', async () => {
    for (const name of ['lz4.arrow', 'zstd.arrow', 'zstd.parquet', 'lz4-raw.parquet']) {
      const format = name.endsWith('arrow') ? 'arrow' : 'parquet';
      // every byte of the packed part in turn: an error with a name, or other values, and never a crash
      for (let at = 200; at < read(name).length - 300; at += 131) {
        const file = read(name);
        file[at] = file[at]! ^ 0xff;
        const made = await upload({ format }, { file }).catch((error: Error) => error);
        if (made instanceof Error) expect([name, at, made.name]).toEqual([name, at, 'IngestError']);
      }
    }
    const limits = { unpackedBytes: 4_000, cells: 1_000_000 };
    for (const name of ['lz4.arrow', 'zstd.arrow'])
      await expect(upload({ format: 'arrow' }, { file: read(name) }, limits)).rejects.toMatchObject({
        isTooLarge: true,
        message: expect.stringContaining('unpacks to more'),
      });
  });

  it('LZ4 blocks may refer to those before them', () => {
    const lines = Array.from({ length: 6000 }, (_, i) => `line ${i % 50}: the quick brown fox\n`).join('');
    const made = unpackLz4Frame(read('linked-blocks.lz4'));
    expect(Buffer.from(made).toString()).toBe(lines);
  });
});

describe('digits in other formats', () => {
  it('are the same data set as Parquet and as CSV, to the checksum', async () => {
    const { features, targets, info } = await loadDataset('digits');
    const names = Array.from({ length: info.features }, (_, c) => `p${c}`);
    const column = (c: number) => Array.from(targets, (_, row) => features[row * info.features + c]!);
    const columnData = [
      ...names.map((name, c) => ({ name, data: column(c), type: 'INT32' as const })),
      { name: 'digit', data: [...targets], type: 'INT32' as const },
    ];
    const asParquet = await upload({ format: 'parquet' }, { file: bytes(parquetWriteBuffer({ columnData })) });
    const lines = Array.from(targets, (digit, row) => [...features.subarray(row * 64, row * 64 + 64), digit].join(','));
    const asCsv = await upload(
      { format: 'csv' },
      { file: [...names, 'digit'].join(',').concat('\n', lines.join('\n')) },
    );
    expect(asParquet.dataset.info.checksum).toBe(asCsv.dataset.info.checksum);
    expect(asParquet.dataset.features).toEqual(Uint8Array.from(features));
    expect(asParquet.dataset.targets).toEqual(targets);
    // Of whole numbers up to 255, a byte is kept for each.
    expect(asParquet.stored.length).toBeLessThan(90_000);
  });
});

describe('arrays', () => {
  // Two pictures of 2 x 2 and two more for the test part.
  const pixels = [0, 1, 2, 3, 4, 5, 6, 7];
  const idx = (type: number, shape: readonly number[], body: readonly number[]) =>
    Uint8Array.of(0, 0, type, shape.length, ...shape.flatMap((x) => [0, 0, x >> 8, x & 255]), ...body);
  const asIdx = { features: idx(8, [2, 2, 2], pixels), labels: idx(8, [2], [3, 7]) };

  it('come as IDX, gzipped or not, with a test part', async () => {
    const parts = { ...asIdx, testFeatures: gzipSync(asIdx.features), testLabels: idx(8, [2], [7, 7]) };
    const { dataset, summary } = await upload({ format: 'idx' }, parts);
    expect(dataset.info).toMatchObject({
      rows: 2,
      testRows: 2,
      features: 4,
      image: { height: 2, width: 2 },
      classNames: ['3', '7'],
      classRows: [1, 1],
    });
    expect([...dataset.features]).toEqual([...pixels, ...pixels]);
    expect([...dataset.targets]).toEqual([0, 1, 1, 1]);
    expect(summary.target.values).toEqual([
      { value: '3', rows: 1 },
      { value: '7', rows: 1 },
    ]);
  });

  it.each([
    ['<f4', false],
    ['>f8', false],
    ['<f8', true],
    ['>i4', true],
    ['<i8', false],
    ['|u1', true],
  ] as const)('come as NPY of type %s, Fortran order %s', async (descr, fortran) => {
    // The same pictures: index 0 runs fastest in Fortran order.
    const order = fortran ? [0, 4, 2, 6, 1, 5, 3, 7] : pixels;
    const features = npyFile(order, [2, 2, 2], { descr, fortran });
    const { dataset } = await upload(
      { format: 'npy' },
      { features, labels: npyFile([3, 7], [2, 1], { descr: '<i8' }) },
    );
    const { dataset: other } = await upload({ format: 'idx' }, asIdx);
    expect(dataset.info.checksum).toBe(other.info.checksum);
  });

  it('come as NPZ, by the names that people use', async () => {
    const x = npyFile(pixels, [2, 2, 2], { descr: '|u1' });
    const y = npyFile([3, 7], [2], { descr: '|u1' });
    for (const names of [
      ['features', 'labels', 'testFeatures', 'testLabels'],
      ['x_train', 'y_train', 'x_test', 'y_test'],
    ]) {
      const file = zipSync(Object.fromEntries(names.map((name, i) => [`${name}.npy`, i % 2 === 0 ? x : y])));
      const { dataset } = await upload({ format: 'npz' }, { file });
      expect(dataset.info).toMatchObject({ rows: 2, testRows: 2, image: { height: 2, width: 2 } });
    }
  });

  it('of two dimensions may have gaps, and be a table of their own', async () => {
    const values = [1, Number.NaN, 0, 2, 5, 1];
    const { dataset } = await upload(
      { format: 'npy' },
      { features: npyFile(values, [3, 2]), labels: npyFile([0, 1, 1], [3]) },
    );
    expect(dataset.columns).toHaveLength(2);
    expect(dataset.info.inputs).toBe(4);
    const table = await upload({ format: 'npy', target: 1 }, { file: npyFile([1, 0, 2, 1, 3, 0], [3, 2]) });
    expect(table.dataset.info).toMatchObject({ features: 1, classNames: ['0', '1'] });
    expect([...table.dataset.features]).toEqual([1, 2, 3]);
  });

  it('of fractions are a regression', async () => {
    const labels = npyFile([0.5, 1.5, 2.5, 3.5], [4], { descr: '<f8' });
    const { dataset } = await upload({ format: 'npy' }, { features: npyFile([1, 2, 3, 4], [4, 1]), labels });
    expect(dataset.info).toMatchObject({ task: 'regression', classes: null });
    expect(dataset.info.targetDeviation).toBeCloseTo(Math.sqrt(1.25), 12);
  });

  const features = npyFile([1, 2, 3, 4], [2, 2]);
  const labels = npyFile([0, 1], [2]);
  it.each<[string, 'npy' | 'idx' | 'npz', Parameters<typeof upload>[1], (string | number)[], RegExp]>([
    ['no labels', 'npy', { features }, ['labels'], /is missing/],
    ['no test labels', 'npy', { features, labels, testFeatures: features }, ['testLabels'], /is missing/],
    ['other magic', 'npy', { features: asIdx.features, labels }, ['features'], /is not an NPY file/],
    [
      'labels cut off',
      'npy',
      { features, labels: labels.slice(0, -2) },
      ['labels'],
      /has 134 bytes where its header asks for 136/,
    ],
    ['objects', 'npy', { features, labels: npyFile([0, 0], [2], { descr: '|O1' }) }, ['labels'], /values of type O1/],
    [
      'more labels than rows',
      'npy',
      { features, labels: npyFile([0, 1, 1], [3]) },
      ['labels'],
      /has 3 rows, the features have 2/,
    ],
    ['labels one-hot', 'npy', { features, labels: features }, ['labels'], /has the shape \[2,2\]: one label per row/],
    ['one class', 'npy', { features, labels: npyFile([1, 1], [2]) }, ['labels'], /one class only: 1/],
    [
      'a label that is missing',
      'npy',
      { features, labels: npyFile([1, Number.NaN], [2]) },
      ['labels'],
      /row 2: the label NaN/,
    ],
    [
      'an infinite number',
      'npy',
      { features: npyFile([1, 2, 1 / 0, 4], [2, 2]), labels },
      ['features'],
      /row 2, entry 1: is not a finite/,
    ],
    [
      'gaps in pictures',
      'npy',
      { features: npyFile([1, 2, 3, Number.NaN], [2, 1, 2]), labels },
      ['features'],
      /row 2, entry 2/,
    ],
    ['features without columns', 'npy', { features: labels, labels }, ['features'], /need two dimensions/],
    [
      'a test part of another shape',
      'npy',
      { features, labels, testFeatures: npyFile([1, 2], [2, 1]), testLabels: labels },
      ['testFeatures'],
      /shape \[1\], not \[2\]/,
    ],
    [
      'a class of the test part alone',
      'npy',
      { features, labels, testFeatures: features, testLabels: npyFile([0, 9], [2]) },
      ['testLabels'],
      /row 2: the class 9/,
    ],
    ['IDX of no known type', 'idx', { ...asIdx, labels: idx(7, [1], [0]) }, ['labels'], /unknown type 7/],
    ['a file that is no part', 'idx', { file: features }, ['file'], /is no part of the format idx/],
    ['no ZIP', 'npz', { file: features }, ['file'], /is not an NPZ file/],
    [
      'a ZIP cut off',
      'npz',
      { file: zipSync({ 'x.npy': features }).slice(0, 60) },
      ['file'],
      /is not a whole NPZ file/,
    ],
    [
      'a ZIP without labels',
      'npz',
      { file: zipSync({ 'x.npy': features, 'z.npy': labels }) },
      ['file'],
      /no array labels or y_train .*; it has x, z/,
    ],
  ])('are refused with %s', async (_, format, parts, path, message) => {
    await expect(upload({ format }, parts)).rejects.toMatchObject({
      name: 'IngestError',
      path,
      message: expect.stringMatching(message),
    });
  });

  it('are refused when they unpack to too much', async () => {
    const file = zipSync({ 'x.npy': new Uint8Array(500_000), 'y.npy': new Uint8Array(500_000) });
    const limits = { unpackedBytes: 600_000, cells: 100 };
    await expect(upload({ format: 'npz' }, { file }, limits)).rejects.toMatchObject({ isTooLarge: true });
    await expect(
      upload({ format: 'npy' }, { features: npyFile(new Array(102).fill(1), [2, 51]), labels }, limits),
    ).rejects.toMatchObject({ isTooLarge: true });
  });
});
