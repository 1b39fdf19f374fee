import { expect, it } from 'vitest';
import { upload } from '../testing/uploads.js';

const ROWS = 60;
const table = (columns: Readonly<Record<string, (row: number) => string | number>>) => {
  const names = Object.keys(columns);
  const lines = Array.from({ length: ROWS }, (_, row) => names.map((name) => columns[name]!(row)).join(','));
  return [names.join(','), ...lines].join('\n');
};
/** Of no pattern, and the same every time. */
const noise = (row: number) => (row * row * 7919) % 101;

it('tells of every column what is in it', async () => {
  const text = 'a,c,y\n1,u,x\n2,v,z\n3,u,z\n?,,x\n';
  const { summary } = await upload({ format: 'csv' }, { file: text });
  expect(summary).toEqual({
    target: {
      name: 'y',
      kind: 'categorical',
      missing: 0,
      distinct: 2,
      values: [
        { value: 'x', rows: 2 },
        { value: 'z', rows: 2 },
      ],
      warnings: ['the class "x" has 2 rows only', 'the class "z" has 2 rows only'],
    },
    columns: [
      {
        name: 'a',
        kind: 'numeric',
        missing: 1,
        distinct: 3,
        min: 1,
        max: 3,
        mean: 2,
        deviation: Math.sqrt(2 / 3),
        warnings: [],
      },
      {
        name: 'c',
        kind: 'categorical',
        missing: 1,
        distinct: 2,
        values: [
          { value: 'u', rows: 2 },
          { value: 'v', rows: 1 },
        ],
        warnings: [],
      },
    ],
    others: [],
  });
});

it('warns of ids, constants, dates and leaks of classes, and of nothing else', async () => {
  const text = table({
    number: (row) => 1000 + row,
    key: (row) => `k${row}`,
    same: () => 7,
    day: (row) => `2024-01-${(noise(row) % 28) + 1}`,
    code: (row) => (row % 3 === 0 ? 'yes' : 'no'),
    score: (row) => (row % 3 === 0 ? 10 + noise(row) : -noise(row)),
    honest: (row) => noise(row),
    y: (row) => (row % 3 === 0 ? 'ill' : 'well'),
  });
  const { summary } = await upload({ format: 'csv' }, { file: text });
  const warnings = Object.fromEntries(summary.columns.map(({ name, warnings: told }) => [name, told.join('; ')]));
  expect(warnings).toEqual({
    number: 'counts the rows: an id?',
    key: 'has another text in every row: an id?',
    same: 'is constant',
    day: 'holds dates, which are taken for categories',
    code: 'tells the target nearly by itself: a leak?',
    score: 'tells the target nearly by itself: a leak?',
    honest: '',
  });
});

it('warns of a column that lies on a line with the target of a regression', async () => {
  const text = table({
    twice: (row) => 2 * noise(row) + 3,
    honest: (row) => (row * 31) % 17,
    y: (row) => noise(row) + 0.5,
  });
  const { summary } = await upload({ format: 'csv' }, { file: text });
  expect(summary.columns.map(({ warnings }) => warnings.length)).toEqual([1, 0]);
  expect(summary.target).toMatchObject({ kind: 'numeric', warnings: [] });
});

it('finds a leak among more rows than it looks at, and none where rows repeat with a period', async () => {
  const rows = Array.from({ length: 250_000 }, (_, row) => `${row % 3 === 1 ? 1 : 0},${noise(row)},${row % 3}`);
  const { summary } = await upload({ format: 'csv' }, { file: ['a,b,y', ...rows].join('\n') });
  expect(summary.columns.map(({ warnings }) => warnings)).toEqual([[], []]);
  const told = rows.map((text, row) => `${(row % 3) * 10 + (row % 7)},${text}`);
  const other = await upload({ format: 'csv' }, { file: ['c,a,b,y', ...told].join('\n') });
  expect(other.summary.columns.map(({ warnings }) => warnings.length)).toEqual([1, 0, 0]);
});

it('warns of few whole numbers that it took for a regression, unless told that they are one', async () => {
  const labels = (classes: number, rows: number) =>
    `a,y\n${Array.from({ length: rows }, (_, row) => `${row / 8},${7 * (row % classes)}\n`).join('')}`;
  const warned = async (meta: object, text: string) => {
    const { dataset, summary } = await upload({ format: 'csv', ...meta }, { file: text });
    return [dataset.info.task, summary.target.warnings.length > 0 ? summary.target.warnings[0]!.slice(0, 27) : ''];
  };
  expect(await warned({}, labels(30, 300))).toEqual(['regression', 'holds a few whole numbers, ']);
  expect(await warned({ task: 'regression' }, labels(30, 300))).toEqual(['regression', '']);
  expect(await warned({ task: 'classification' }, labels(30, 300))).toEqual(['classification', '']);
  expect(await warned({}, labels(100, 300))).toEqual(['regression', '']);
  expect(await warned({}, labels(30, 300).replaceAll('7\n', '7.5\n'))).toEqual(['regression', '']);
});
