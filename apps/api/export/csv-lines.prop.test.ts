import type { ParamValue, Trial } from '@caviar/spec';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCsv } from '../testing/read-csv.js';
import { csvLines } from './csv-lines.js';

const trial: Trial = {
  id: 'trl_1',
  searchId: 'srch_1',
  number: 0,
  status: 'completed',
  params: {},
  editedFrom: null,
  value: null,
  step: 1,
  metrics: {},
  proposal: '',
  reason: null,
  attempts: 1,
  workerId: null,
  provenance: null,
  round: null,
  basis: null,
  createdAt: new Date(0),
  startedAt: null,
  endedAt: null,
  durationMs: null,
};

async function exported(trials: readonly Trial[], params: readonly string[], metrics: readonly string[] = []) {
  async function* pages() {
    yield trials;
  }
  const chunks: string[] = [];
  for await (const chunk of csvLines({ params, metrics }, pages())) chunks.push(chunk);
  return readCsv(chunks.join(''));
}

test('any name and any value comes back from the file', async () => {
  const scalar = fc.oneof(
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );
  const value: fc.Arbitrary<ParamValue> = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }));
  const name = fc.string({ minLength: 1 }).filter((text) => text !== '__proto__');
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, value, { noNullPrototype: true }), async (params) => {
      const names = Object.keys(params);
      const [header, row] = await exported([{ ...trial, params }], names);
      expect(header?.slice(13)).toEqual(names.map((key) => `params.${key}`));
      expect(row).toHaveLength(13 + names.length);
      for (const [i, key] of names.entries()) {
        const cell = row?.[13 + i] ?? '';
        const original = params[key] as ParamValue;
        if (typeof original === 'string')
          expect(cell.replace(/^'(?=[=+\-@\t\r])/, '')).toBe(original.replace(/^'(?=[=+\-@\t\r])/, ''));
        else expect(JSON.parse(cell)).toEqual(JSON.parse(JSON.stringify(original)));
      }
    }),
  );
});

test('text that a spreadsheet would run is made text; numbers stay numbers', async () => {
  const params = { a: '=1+1', b: '+1', c: '-adam', d: '@x', e: '\tx', f: -1, g: 'a=b', h: '' };
  const [, row] = await exported([{ ...trial, params }], Object.keys(params));
  expect(row?.slice(13)).toEqual(["'=1+1", "'+1", "'-adam", "'@x", "'\tx", '-1', 'a=b', '']);
});

test('what a trial does not have is an empty field, what is null as a value is null', async () => {
  const [, row] = await exported(
    [{ ...trial, params: { a: null }, metrics: { x: null } }],
    ['a', 'toString'],
    ['x', 'y'],
  );
  expect(row?.slice(13)).toEqual(['null', '', '', '']);
});
