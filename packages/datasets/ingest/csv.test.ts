import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { DatasetMetaInput } from '@caviar/spec';
import { describe, expect, it } from 'vitest';
import { upload } from '../testing/uploads.js';

const csv = (text: string | Uint8Array, meta: Partial<DatasetMetaInput> = {}) =>
  upload({ format: 'csv', ...meta }, { file: text });
const cells = (values: ArrayLike<number>) => Array.from(values, (x) => (Number.isNaN(x) ? null : x));

describe('a CSV file', () => {
  it('is read with its header, kinds and missing values found out', async () => {
    const text = 'age,city,income\n39,Rome,low\n?,NA,high\n50, Bern ,low\n';
    const { dataset } = await csv(text);
    expect(dataset.info).toMatchObject({
      task: 'classification',
      rows: 3,
      features: 2,
      classes: 2,
      classNames: ['high', 'low'],
      classRows: [1, 2],
      // age and whether it is missing; Bern, Rome and whether it is missing.
      inputs: 5,
    });
    expect(dataset.columns).toEqual([
      { kind: 'numeric', name: 'age' },
      { kind: 'categorical', name: 'city', categories: ['Bern', 'Rome'] },
    ]);
    expect(cells(dataset.features)).toEqual([39, 1, null, null, 50, 0]);
    expect([...dataset.targets]).toEqual([1, 0, 1]);
  });

  it.each([
    ['semicolons', 'a;b;y\n1;2,5;x\n3;4,5;z\n', ['a', 'b']],
    ['tabs', 'a\tb\ty\n1\t2\tx\n3\t4\tz\n', ['a', 'b']],
    ['bars, and commas in quotes', '"a,1"|b|y\n1|2|x\n3|4|z\n', ['a,1', 'b']],
    ['no header', '1,2,x\n3,4,z\n', ['column 1', 'column 2']],
    ['a byte order mark, CRLF and quoted line breaks', '\uFEFFa,"b\r\nc",y\r\n1,2,x\r\n3,4,z\r\n', ['a', 'b\r\nc']],
    ['a name that is missing, as pandas writes its index', ',b,y\n0,2,x\n1,4,z\n', ['column 1', 'b']],
  ])('may have %s', async (what, text, names) => {
    const { dataset } = await csv(text, what === 'semicolons' ? { columns: { b: 'categorical' } } : {});
    expect(dataset.columns?.map(({ name }) => name)).toEqual(names);
    expect(dataset.info).toMatchObject({ rows: 2, classNames: ['x', 'z'] });
  });

  it('may lack targets: the rows without are left out, and told of', async () => {
    const lacking = await csv('a,b,y\n1,u,x\n7,onlyhere,\n2,v,?\n"3\n3",u,z\n4,v,x\n');
    const without = await csv('a,b,y\n1,u,x\n"3\n3",u,z\n4,v,x\n');
    expect(lacking.dataset).toEqual(without.dataset);
    expect(lacking.dataset.info.checksum).toBe(without.dataset.info.checksum);
    expect(lacking.summary.target).toMatchObject({
      missing: 2,
      warnings: expect.arrayContaining(['is missing in 2 rows, which are left out']),
    });
    expect(without.summary.target.missing).toBe(0);
    const numbers = await csv('a,y\n1,0.5\n2,\n3,1.5\n', { task: 'regression' });
    expect([...numbers.dataset.targets]).toEqual([0.5, 1.5]);
    expect(numbers.summary.target.warnings).toEqual(['is missing in 1 row, which is left out']);
  });

  it('may lack targets in a test part too, but not in all of it', async () => {
    const text = 'a,part,y\n1,train,x\n2,train,z\n3,test,x\n4,test,\n5,,\n';
    const { dataset, summary } = await csv(text, { columns: { part: 'test' } });
    expect(dataset.info).toMatchObject({ rows: 2, testRows: 1 });
    expect(summary.target.missing).toBe(2);
    const data = 'a,y\n1,x\n2,z\n';
    const files = await upload({ format: 'csv' }, { file: [data, 'a,y\n3,\n4,z\n'] });
    expect(files.dataset.info).toMatchObject({ rows: 2, testRows: 1 });
    expect(files.summary.target.missing).toBe(0); // the test part stays sealed
    await expect(upload({ format: 'csv' }, { file: [data, 'a,y\n3,\n4,\n'] })).rejects.toMatchObject({
      path: ['file', 1],
      message: expect.stringMatching(/no value in any row of the test file/),
    });
  });

  it('may have columns without a value: they are left out, and told of', async () => {
    const { dataset, summary } = await csv('a,b,c,y\n1,,u,x\n2,?,v,z\n3,,u,x\n');
    const without = await csv('a,c,y\n1,u,x\n2,v,z\n3,u,x\n');
    expect(dataset).toEqual(without.dataset);
    expect(summary.others).toEqual([{ name: 'b', role: 'blank' }]);
    // What has values in rows without a target alone has none to learn from.
    expect((await csv('a,b,y\n1,,x\n2,,z\n3,5,\n')).summary.others).toEqual([{ name: 'b', role: 'blank' }]);
  });

  it('may write decimals with a comma, where no point could be meant', async () => {
    const { dataset } = await csv('a;b;y\n1,5;1;0,5\n-2,25;2,0;1,75\n?;3e2;2\n', { task: 'regression' });
    expect(dataset.columns?.map(({ kind }) => kind)).toEqual(['numeric', 'numeric']);
    expect(cells(dataset.features)).toEqual([1.5, 1, -2.25, 2, null, 300]);
    expect([...dataset.targets]).toEqual([0.5, 1.75, 2]);
    // quoted, between commas
    expect(cells((await csv('a,y\n"1,5",x\n"2,5",z\n')).dataset.features)).toEqual([1.5, 2.5]);
    // a first record with a gap is no header where no column shows it
    const { dataset: texts } = await csv('red,,x\nblue,tea,z\nred,tea,x\n', { columns: {} });
    expect(texts.info.rows).toBe(3);
  });

  it('may have ten thousand columns', async () => {
    const names = Array.from({ length: 10_000 }, (_, c) => `c${c}`);
    const row = (r: number) => names.map((_, c) => (c * 7 + r) % 10).join(',');
    const text = [`${names.join(',')},y`, ...Array.from({ length: 30 }, (_, r) => `${row(r)},${r % 2}`)].join('\n');
    const { dataset, summary } = await csv(text);
    expect(dataset.info).toMatchObject({ rows: 30, features: 10_000 });
    expect(summary.columns).toHaveLength(300);
  });

  it('is the same gzipped, to the bit', async () => {
    const text = 'a,y\n1,2.5\n2,3.5\n';
    const [plain, packed] = [await csv(text), await csv(gzipSync(text))];
    expect(packed.dataset).toEqual(plain.dataset);
    expect(packed.dataset.info.checksum).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('takes the target by name, number or role, and leaves columns out', async () => {
    const text = 'id,y,a\nr1,0,1\nr2,1,2\nr3,1,3\n';
    for (const meta of [{ target: 'y' }, { target: 1 }, { columns: { y: 'target' } as const }]) {
      const { dataset, summary } = await csv(text, { ...meta, columns: { ...meta.columns, id: 'ignore' } });
      expect(dataset.info).toMatchObject({ features: 1, classNames: ['0', '1'] });
      expect(summary.others).toEqual([{ name: 'id', role: 'ignore' }]);
    }
  });

  it('takes a numeric target with fractions or many values for a regression, unless told otherwise', async () => {
    const many = `a,y\n${Array.from({ length: 30 }, (_, i) => `1,${i}`).join('\n')}`;
    expect((await csv(many)).dataset.info).toMatchObject({ task: 'regression', classes: null });
    expect((await csv(many, { task: 'classification' })).dataset.info.classes).toBe(30);
    const { dataset } = await csv('a,y\n1,1\n2,2\n3,3\n4,6\n', { task: 'regression' });
    expect(dataset.info.targetDeviation).toBeCloseTo(Math.sqrt(14 / 4), 12);
    expect([...dataset.targets]).toEqual([1, 2, 3, 6]);
  });

  it('has groups or sources, which are no features', async () => {
    const text = 'who,a,y\nbob,1,x\namy,2,z\nbob,3,z\n';
    const grouped = (await csv(text, { columns: { who: 'group' } })).dataset;
    expect(grouped.info).toMatchObject({ features: 1, groups: 2 });
    expect([...grouped.groups!]).toEqual([1, 0, 1]);
    const sourced = (await csv(text, { columns: { who: 'source' } })).dataset;
    expect(sourced.info.sources).toEqual([
      { name: 'amy', rows: 1 },
      { name: 'bob', rows: 2 },
    ]);
    expect([...sourced.sources!]).toEqual([1, 0, 1]);
  });

  it('tells the sources of a test part, and refuses one that is nowhere else', async () => {
    const text = 'who,part,a,y\nweb,train,1,x\napp,train,2,z\nweb,train,3,z\napp,test,4,x\n';
    const columns = { who: 'source', part: 'test' } as const;
    const { info, sources } = (await csv(text, { columns })).dataset;
    expect(info.sources).toEqual([
      { name: 'app', rows: 1 },
      { name: 'web', rows: 2 },
    ]);
    expect(info.testSources).toEqual([
      { name: 'app', rows: 1 },
      { name: 'web', rows: 0 },
    ]);
    expect([...sources!]).toEqual([1, 0, 1, 0]);
    await expect(csv(text.replace('app,test', 'aaa,test'), { columns })).rejects.toThrow(
      'the source "aaa" is in the test part alone',
    );
  });

  it('has a test part by a column or by a second file, and what it says is not looked at', async () => {
    const marked = 'part,a,c,y\ntrain,1,u,x\ntest,5,w,z\ntrain,2,v,z\ntest,6,u,x\n';
    const byColumn = await csv(marked, { columns: { part: 'test' } });
    const header = 'a,c,y\n';
    const files = [`${header}1,u,x\n2,v,z\n`, `${header}5,w,z\n6,u,x\n`];
    const byFile = await upload({ format: 'csv' }, { file: files });
    for (const { dataset, summary } of [byColumn, byFile]) {
      expect(dataset.info).toMatchObject({ rows: 2, testRows: 2, classRows: [1, 1] });
      // The category that the test part alone has comes last.
      expect(dataset.columns?.[1]).toMatchObject({ categories: ['u', 'v', 'w'] });
      expect([...dataset.features]).toEqual([1, 0, 2, 1, 5, 2, 6, 0]);
      expect([...dataset.targets]).toEqual([0, 1, 1, 0]);
      expect(summary.columns[0]).toMatchObject({ min: 1, max: 2, mean: 1.5 });
      expect(summary.columns[1]?.values).toHaveLength(2);
    }
  });

  it('gives the same checksum for the same content, whatever it is called', async () => {
    const text = 'a,y\n1,x\n2,z\n';
    const [one, two] = [
      await csv(text, { description: 'this' }),
      await csv(text.replaceAll('\n', '\r\n'), { licence: 'that' }),
    ];
    expect(one.dataset.info.checksum).toBe(two.dataset.info.checksum);
    expect((await csv('a,y\n1,x\n3,z\n')).dataset.info.checksum).not.toBe(one.dataset.info.checksum);
  });
});

describe('a CSV file that is refused', () => {
  const long = (count: number, cell: (i: number) => string) =>
    `a,y\n${Array.from({ length: count }, (_, i) => cell(i)).join('\n')}`;
  it.each<[string, string | Uint8Array, Partial<DatasetMetaInput>, (string | number)[], RegExp]>([
    ['an open quote', 'a,y\n1,x\n"2,z\n', {}, ['file'], /^line 3: a quoted field is not closed$/],
    [
      'a word among forced numbers',
      'a,y\n1,x\nb,z\n',
      { columns: { a: 'numeric' } },
      ['file'],
      /^line 3, column 1 \("a"\): "b" is not a number$/,
    ],
    [
      'a word for a target',
      'a,y\n1,1.5\n2,x\n',
      { task: 'regression' },
      ['file'],
      /^line 3, column 2 \("y"\): the target "x" is not a number$/,
    ],
    ['no target in any row', 'a,y\n1,\n2,?\n', {}, ['file'], /^column 2 \("y"\), the target, has no value in any row$/],
    ['one class', 'a,y\n1,x\n2,x\n', {}, ['file'], /column 2 \("y"\) has one class only: "x"/],
    [
      'too many classes',
      long(1500, (i) => `1,c${i}`),
      {},
      ['meta', 'task'],
      /more than 1000 values: is it a regression/,
    ],
    [
      'a column without a value that is to be a feature',
      'a,b,y\n1,,x\n2,?,z\n',
      { columns: { b: 'numeric' } },
      ['file'],
      /column 2 \("b"\) has no value in any row, and cannot be numeric/,
    ],
    ['no column with a value', 'a,b,y\n,,x\n?,?,z\n', {}, ['file'], /no column of features with a value in any row/],
    ['a name twice', 'a,b,a,y\n1,2,3,x\n', {}, ['file'], /columns 1 and 3 are both named "a"/],
    [
      'commas that may be decimal or not',
      'a;y\n1,500;x\n2,250;z\n',
      {},
      ['file'],
      /column 1 \("a"\) writes numbers such as 1,234, which may be thousands or fractions/,
    ],
    ['a field too many', 'a,b,y\n1,2,x\n1,2,3,z\n', {}, ['file'], /^line 3 has 4 fields, not 3: "z" is too many$/],
    ['a field too few', 'a,b,y\n1,2,x\n1,z\n', {}, ['file'], /^line 3 has 2 fields, not 3: there is none for "y"$/],
    [
      'free text',
      long(10_002, (i) => `t${i},${i % 2 === 0 ? 'x' : 'z'}`),
      {},
      ['file'],
      /line 10002, column 1 \("a"\): the column has more than 10000 different texts/,
    ],
    ['no rows', 'a,y\n', { header: true }, ['file'], /has no rows/],
    ['nothing', '', {}, ['file'], /no column|has no/],
    ['no feature', 'y\nx\nz\n', {}, ['file'], /has one column only, "y"/],
    ['no feature but in words', 'y\nx\nz\n', { delimiter: ',' }, ['file'], /has no column of features/],
    [
      'a target that there is not',
      'a,y\n1,x\n',
      { target: 'z' },
      ['meta', 'target'],
      /no column "z"; there are 2: a, y/,
    ],
    [
      'a number of a target that there is not',
      'a,y\n1,x\n',
      { target: 2 },
      ['meta', 'target'],
      /no column 2, counted from 0/,
    ],
    [
      'a role for no column',
      'a,y\n1,x\n',
      { columns: { b: 'ignore' } },
      ['meta', 'columns', 'b'],
      /no such column; there are a, y/,
    ],
    [
      'two targets',
      'a,y\n1,x\n',
      { target: 'a', columns: { y: 'target' } },
      ['meta', 'target'],
      /columns makes "y" the target/,
    ],
    [
      'a target that is ignored',
      'a,y\n1,x\n',
      { target: 'y', columns: { y: 'ignore' } },
      ['meta', 'columns', 'y'],
      /is the target/,
    ],
    [
      'a group that is missing',
      'g,a,y\nu,1,x\n,2,z\n',
      { columns: { g: 'group' } },
      ['file'],
      /line 3, column 1 \("g"\): the group is missing/,
    ],
    [
      'groups and sources',
      'g,s,a,y\n1,1,1,x\n',
      { columns: { g: 'group', s: 'source' } },
      ['meta', 'columns', 's'],
      /there is a group column too/,
    ],
    [
      'a test mark that says nothing',
      't,a,y\nmaybe,1,x\n',
      { columns: { t: 'test' } },
      ['file'],
      /line 2, column 1 \("t"\): "maybe" says neither test/,
    ],
    ['UTF-16', Buffer.from('a,y\n1,x\n', 'utf16le'), {}, ['file'], /byte 1 is 0 \(is it UTF-16/],
    [
      'Latin-1',
      Buffer.from('a,y\n1,caf\u00e9\n', 'latin1'),
      {},
      ['file'],
      /^line 2 is not UTF-8 text \(Latin-1\?\): save the file as UTF-8$/,
    ],
    [
      'cut-off gzip data',
      gzipSync('a,y\n1,x\n'.repeat(99)).subarray(0, -9),
      {},
      ['file'],
      /in the middle of its gzip data/,
    ],
    ['damaged gzip data', Buffer.from('1f8bffffffffffffffff', 'hex'), {}, ['file'], /is not whole gzip data/],
    ['too large a number', 'a,y\n1e39,x\n2,z\n', {}, ['file'], /line 2, column 1 \("a"\): 1e39 is too large/],
  ])('for %s', async (_, text, meta, path, message) => {
    await expect(csv(text, meta)).rejects.toMatchObject({
      name: 'IngestError',
      path,
      message: expect.stringMatching(message),
    });
  });

  it('for Latin-1 far into a file, with its line', async () => {
    const lines = ['a,y', ...Array.from({ length: 60_000 }, (_, i) => `${i},${i === 51_234 ? 'caf\u00e9' : 'tea'}`)];
    await expect(csv(Buffer.from(lines.join('\n'), 'latin1'))).rejects.toMatchObject({
      message: expect.stringMatching(/^line 51236 is not UTF-8/),
    });
  });

  it('for what it unpacks to, and for too many cells', async () => {
    const bomb = gzipSync(Buffer.alloc(4_000_000, 'a,b\n'));
    const limits = { unpackedBytes: 100_000, cells: 1_000 };
    await expect(upload({ format: 'csv' }, { file: bomb }, limits)).rejects.toMatchObject({
      isTooLarge: true,
      message: 'unpacks to more than 100000 bytes',
    });
    const many = 'a,y\n'.concat('1,x\n'.repeat(1_001));
    await expect(upload({ format: 'csv' }, { file: many }, limits)).rejects.toMatchObject({
      isTooLarge: true,
      message: 'has more than 1000 cells of features',
    });
  });

  it.each([
    ['other columns', 'a,b\n1,x\n', ['file', 1], /column 2 is "b", not "y"/],
    [
      'a class that nothing else has',
      'a,y\n1,w\n',
      ['file'],
      /line 2, column 2 \("y"\): the class "w" is in no row outside/,
    ],
    ['a word among numbers', 'a,y\nq,x\n', ['file'], /line 2, column 1 \("a"\): "q" is not a number/],
  ])('for a test file with %s', async (_, test, path, message) => {
    const data = 'a,y\n1,x\n2,z\n';
    await expect(upload({ format: 'csv', header: true }, { file: [data, test] })).rejects.toMatchObject({
      path,
      message: expect.stringMatching(message),
    });
  });

  it('for parts that the format does not have', async () => {
    const text = 'a,y\n1,x\n2,z\n';
    await expect(upload({ format: 'csv' }, { features: text })).rejects.toMatchObject({ path: ['features'] });
    await expect(upload({ format: 'csv' }, {})).rejects.toMatchObject({ path: ['file'], message: 'is missing' });
    await expect(upload({ format: 'csv' }, { file: [text, text, text] })).rejects.toMatchObject({ path: ['file'] });
  });
});

const shared = new URL('../../../../shared/datasets/', import.meta.url);

describe.skipIf(!existsSync(shared))('real CSV files', () => {
  const read = (name: string) => readFileSync(new URL(name, shared));

  it("reads the census with its missing cells and the publisher's test part", async () => {
    const files = [read('adult/adult-train.csv.gz'), read('adult/adult-test.csv.gz')];
    const { dataset, summary } = await upload({ format: 'csv' }, { file: files });
    expect(dataset.info).toMatchObject({ rows: 32_561, testRows: 16_281, features: 14, classes: 2 });
    // 6 numbers, and 99 categories beside what is missing in three columns.
    expect(dataset.info.inputs).toBe(6 + 99 + 3);
    const missing = summary.columns.map((column) => column.missing).reduce((a, b) => a + b);
    expect(missing).toBe(4262);
    expect(summary.target.values?.map(({ rows }) => rows)).toEqual([24_720, 7_841]);
    expect(summary.columns.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it("reads UCI's own wine table", async () => {
    const { dataset, summary } = await upload(
      { format: 'csv', target: 'quality', task: 'regression' },
      { file: read('wine-quality/winequality-white.csv') },
    );
    expect(dataset.info).toMatchObject({ rows: 4898, features: 11, task: 'regression' });
    expect(summary.target).toMatchObject({ min: 3, max: 9, distinct: 7 });
    expect(summary.columns[0]?.name).toBe('fixed acidity');
  });
});
