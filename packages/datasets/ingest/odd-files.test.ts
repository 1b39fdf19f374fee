import { gzipSync } from 'node:zlib';
import type { DatasetMetaInput } from '@caviar/spec';
import { Table, TimestampMillisecond, tableToIPC, vectorFromArray } from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { npyFile, upload } from '../testing/uploads.js';

// Files as people have them, each of which was once taken for something else, silently or with a refusal that did not help.

const ROWS = 60;
const csv = (text: string | Uint8Array, meta: Partial<DatasetMetaInput> = {}) =>
  upload({ format: 'csv', ...meta }, { file: text });
const lines = (row: (i: number) => string, end = '\n') => Array.from({ length: ROWS }, (_, i) => row(i)).join(end);
const label = (i: number) => (i % 2 === 0 ? 'no' : 'yes');
const x = (i: number) => ((i * i * 7919) % 101) / 7;
const refusal = async (text: string | Uint8Array, meta: Partial<DatasetMetaInput> = {}) =>
  csv(text, meta).then(
    () => 'it was taken',
    (error: Error) => error.message,
  );

describe('a header', () => {
  it.each([
    ['positions above numbers', '0,1,y', (i: number) => `${x(i)},${-x(i)},${label(i)}`],
    ['positions alone', '0,1,2', (i: number) => `${x(i)},${-x(i)},${label(i)}`],
    ['years', '2019,2020,2021,growth', (i: number) => `${x(i)},1,2,${label(i)}`],
    ['a gap and positions', ',0,1,y', (i: number) => `${i + 5},${x(i)},1.5,${label(i)}`],
  ])('may be of %s', async (_, header, row) => {
    const { dataset, summary } = await csv(`${header}\n${lines(row)}\n`);
    expect(dataset.info).toMatchObject({ rows: ROWS, classNames: ['no', 'yes'] });
    const names = header.split(',').map((name, c) => (name === '' ? `column ${c + 1}` : name));
    expect([...dataset.columns!.map(({ name }) => name), summary.target.name]).toEqual(names);
  });

  it.each([
    ['whole numbers that come again', (i: number) => `${i % 3},${(i % 3) + 1},${label(i)}`],
    ['fractions', (i: number) => `${x(i) + 0.5},${i},${label(i)}`],
    ['classes of numbers', (i: number) => `${x(i)},${i % 2}`],
    ['a text of its own in every row', (i: number) => `${2 * i},${2 * i + 1},name ${i}`],
  ])('is not seen in rows of %s', async (_, row) => {
    const { dataset } = await csv(lines(row), { columns: {}, task: 'classification' });
    expect(dataset.info.rows).toBe(ROWS);
  });

  it('may be longer than what the layout is judged by', async () => {
    const names = Array.from({ length: 6_000 }, (_, c) => `a rather long name of a column of measurements ${c}`);
    const rows = [1, 2, 3, 4].map((row) => `${names.map((_, c) => (c * row) % 7).join(',')},${label(row)}`);
    const { dataset } = await csv(`${names.join(',')},y\n${rows.join('\n')}\n`);
    expect(dataset.info).toMatchObject({ rows: 4, features: 6_000, classNames: ['no', 'yes'] });
  });
});

describe('a layout', () => {
  it.each([
    ['carriage returns alone', `a,b,y\r${lines((i) => `${x(i)},${i % 5},${label(i)}`, '\r')}`],
    ['blanks and tabs', ` a b   y\n${lines((i) => `  ${x(i)}   ${i % 5}\t${label(i)}`)}\n`],
    ['the line that Excel puts first', `sep=;\r\na;b;y\r\n${lines((i) => `${x(i)};${i % 5};${label(i)}`, '\r\n')}`],
    ['a blank before quotes', `"a", "b", "y"\n${lines((i) => `${x(i)}, ${i % 5}, "${label(i)}"`)}\n`],
  ])('may be of %s', async (_, text) => {
    const plain = await csv(`a,b,y\n${lines((i) => `${x(i)},${i % 5},${label(i)}`)}\n`);
    expect((await csv(text)).dataset).toEqual(plain.dataset);
  });

  it('of decimal commas with three digits is not in doubt where one number shows it', async () => {
    const text = `a;b;y\n${lines((i) => `${i === 7 ? '0,125' : '1,250'};${1 + (i % 3)},500;${label(i)}`)}\n`;
    const { dataset } = await csv(text);
    expect([...dataset.features.subarray(0, 4)]).toEqual([1.25, 1.5, 1.25, 2.5]);
    // Without it, it is; and thousands are none.
    expect(await refusal(text.replace('0,125', '1,125'))).toMatch(/column 1 \("a"\).*thousands or fractions/);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['gzip data within gzip data', gzipSync(gzipSync('a,y\n1,x\n')), /gzip data within gzip data: pack the file once/],
    ['a ZIP archive', Buffer.from('504b030414000000', 'hex'), /ZIP archive \(a spreadsheet, XLSX, is one too\)/],
    ['UTF-16', Buffer.from('\uFEFFa,y\n1,x\n', 'utf16le'), /a text in UTF-16: save it as UTF-8/],
    ['another format', npyFile([1, 2], [1, 2]), /a NumPy array: say the format npy/],
    ['JSON', '[{"a": 1, "y": "x"}]', /JSON/],
    ['a page', '\n<!DOCTYPE html><html></html>', /a page of HTML/],
    ['another delimiter', 'a^b^y\n1^2^x\n', /has one column only, "a\^b\^y".*name it as delimiter/],
  ])('that is %s is named', async (_, text, message) => {
    expect(await refusal(text)).toMatch(message);
  });
});

describe('numbers', () => {
  it.each(['-', '..', 'None', 'unknown'])('may have "%s" among them for a missing one', async (mark) => {
    const text = `a,c,y\n${lines((i) => `${i % 5 === 0 ? mark : x(i)},${i % 5 === 0 ? mark : 'u'},${label(i)}`)}\n`;
    const { dataset, summary } = await csv(text);
    expect(dataset.columns?.map(({ kind }) => kind)).toEqual(['numeric', 'categorical']);
    expect(dataset.info.inputs).toBe(4);
    expect(summary.columns[0]).toMatchObject({
      missing: 12,
      warnings: expect.arrayContaining([`takes "${mark}" for a missing value`]),
    });
    // Elsewhere it is a text like others.
    expect(summary.columns[1]).toMatchObject({ missing: 0, distinct: 2 });
  });

  it.each([
    ['a text among them', (i: number) => (i === 3 ? 'inf' : String(x(i))), 'holds numbers, but "inf" too'],
    ['currencies and thousands', (i: number) => `"$1,${100 + i}.50"`, 'holds numbers with signs, such as "$1,100.50"'],
    ['shares', (i: number) => `${i / 10} %`, 'holds numbers with signs, such as "0 %"'],
  ])('are not taken for categories without a word: %s', async (_, cell, warning) => {
    const { summary } = await csv(`a,b,y\n${lines((i) => `${cell(i)},${x(i)},${label(i)}`)}\n`);
    expect(summary.columns[0]).toMatchObject({
      kind: 'categorical',
      warnings: expect.arrayContaining([expect.stringContaining(warning)]),
    });
    const codes = await csv(`a,b,y\n${lines((i) => `${i % 4 === 0 ? 'X' : i % 4},${x(i)},${label(i)}`)}\n`);
    expect(JSON.stringify(codes.summary.columns[0])).not.toContain('numbers');
  });

  it('that 32 bits cannot tell apart are told of', async () => {
    const text = `t,d,y\n${lines((i) => `${1_700_000_000_000 + 1_000 * i},${1e9 + 1e8 * x(i)},${label(i)}`)}\n`;
    const { summary } = await csv(text);
    const warning = expect.stringContaining('differs by less than 32-bit numbers can tell: subtract 1700000000000');
    expect(summary.columns[0]!.warnings).toEqual(expect.arrayContaining([warning]));
    expect(summary.columns[1]!.warnings).toEqual([]);
    const features = npyFile(
      Array.from({ length: ROWS }, (_, i) => 1e9 + i / 10),
      [ROWS, 1],
      { descr: '<f8' },
    );
    const labels = npyFile(
      Array.from({ length: ROWS }, (_, i) => i % 2),
      [ROWS],
      { descr: '<i8' },
    );
    const arrays = await upload({ format: 'npy' }, { features, labels });
    expect(arrays.summary.columns[0]!.warnings.join()).toContain('32-bit');
  });
});

describe('targets', () => {
  it('that are long whole numbers stay apart', async () => {
    const { dataset } = await csv(
      `a,y\n${lines((i) => `${x(i)},${i % 2 === 0 ? '9007199254740993' : '9007199254740992'}`)}\n`,
    );
    expect(dataset.info.classNames).toEqual(['9007199254740992', '9007199254740993']);
  });

  it.each([
    ['that are all the same', (i: number) => `${x(i)},3.5`, /column 2 \("y"\), the target, is 3.5 in every row/],
    [
      'too large for 32 bits',
      (i: number) => `${x(i)},${i === 2 ? '1e39' : x(i)}`,
      /^line 4, .* the target 1e39 is too large/,
    ],
    ['that 32 bits cannot tell apart', (i: number) => `${x(i)},${1e9 + i / 100}`, /subtract 1000000000/],
    [
      'of numbers but for a text',
      (i: number) => `${i},${i === 9 ? 'n/k' : x(i)}`,
      /holds numbers, but "n\/k" in line 11/,
    ],
  ])('%s are refused', async (_, row, message) => {
    expect(await refusal(`a,y\n${lines(row)}\n`, {})).toMatch(message);
  });

  it('of arrays are held to the same', async () => {
    const features = npyFile(
      Array.from({ length: ROWS }, (_, i) => x(i)),
      [ROWS, 1],
    );
    const refused = async (value: (i: number) => number) => {
      const labels = npyFile(
        Array.from({ length: ROWS }, (_, i) => value(i)),
        [ROWS],
        { descr: '<f8' },
      );
      return upload({ format: 'npy', task: 'regression' }, { features, labels }).catch((error: Error) => error.message);
    };
    expect(await refused(() => 2)).toMatch(/the label is 2 in every row/);
    expect(await refused((i) => (i === 4 ? 1e300 : i))).toMatch(/^row 5: the label 1e\+300 is too large/);
    expect(await refused((i) => 1e9 + i / 100)).toMatch(/32-bit/);
  });
});

describe('columns in binary', () => {
  it('with a value that their reader cannot make are refused, by row and column', async () => {
    const when = vectorFromArray([1, 9e17], new TimestampMillisecond());
    const file = tableToIPC(new Table({ when, y: vectorFromArray(['x', 'z']) }), 'file');
    await expect(upload({ format: 'arrow' }, { file })).rejects.toMatchObject({
      name: 'IngestError',
      message: expect.stringMatching(/^row 2, column "when": cannot be read/),
    });
  });

  it('of one name are refused', async () => {
    const column = { name: 'a', data: [1, 2], type: 'DOUBLE' as const };
    const file = new Uint8Array(parquetWriteBuffer({ columnData: [column, column] }));
    await expect(upload({ format: 'parquet' }, { file })).rejects.toMatchObject({
      message: 'two columns are named "a"',
    });
  });
});
