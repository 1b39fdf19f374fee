import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from './csv.js';

describe('parseCsv', () => {
  it.each([
    [
      'plain',
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'CRLF and no last line break',
      'a,b\r\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['quotes', '"a ""x""",",\n"\n', [['a "x"', ',\n']]],
    [
      'empty fields',
      'a,,\n,b,\n',
      [
        ['a', '', ''],
        ['', 'b', ''],
      ],
    ],
    ['a delimiter at the end of the text', 'a,', [['a', '']]],
    ['blank lines', 'a\n\n\nb\n\n', [['a'], ['b']]],
    ['a byte order mark', '\uFEFFa\n', [['a']]],
    ['nothing', '', []],
  ])('reads %s', (_, text, records) => {
    expect(parseCsv(text)).toEqual(records);
  });

  it('takes another delimiter', () => {
    expect(parseCsv('"fixed acidity";pH\n7,4;3,51', { delimiter: ';' })).toEqual([
      ['fixed acidity', 'pH'],
      ['7,4', '3,51'],
    ]);
  });

  it('refuses an open quote and text after a closed one, naming the line', () => {
    expect(() => parseCsv('a\n"b\nc')).toThrow(/line 2/);
    expect(() => parseCsv('a\n"b\nc"d')).toThrow(/line 3/);
  });

  it('reads back whatever is written with quotes', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', ' ', ';') });
    const record = fc.array(field, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 5 }), fc.constantFrom('\n', '\r\n'), (records, end) => {
        const quoted = records.map((fields) => fields.map((f) => `"${f.replaceAll('"', '""')}"`).join(',') + end);
        expect(parseCsv(quoted.join(''))).toEqual(records);
      }),
    );
  });
});
