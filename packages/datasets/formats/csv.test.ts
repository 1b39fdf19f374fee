import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvParser, parseCsv } from './csv.js';

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
    ['blank lines', 'a\n\n \t\nb\n\n ', [['a'], ['b']]],
    ['a byte order mark', '\uFEFFa\n', [['a']]],
    [
      'line ends of one carriage return, and of two with a line feed',
      'a,b\r1,2\r\r\n"x\ry",z\r',
      [
        ['a', 'b'],
        ['1', '2'],
        ['x\ry', 'z'],
      ],
    ],
    [
      'blanks around quotes',
      '"a", "b, c" ,d\n e , f"g ,h\n',
      [
        ['a', 'b, c', 'd'],
        [' e ', ' f"g ', 'h'],
      ],
    ],
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

  it('takes a blank for any number of blanks and tabs', () => {
    expect(parseCsv('  0.1   2 \t3\n"a b" c  d  \r\n\n   \n1 2 3', { delimiter: ' ' })).toEqual([
      ['0.1', '2', '3'],
      ['a b', 'c', 'd'],
      ['1', '2', '3'],
    ]);
  });

  it('reads the same in pieces as in one, wherever it is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', '""', '\n', '\r\n', '\r', ' ', '\t'), maxLength: 20 });
    fc.assert(
      fc.property(text, fc.constantFrom(',', ' '), fc.nat(), (body, delimiter, at) => {
        const read = (...pieces: string[]) => {
          const records: unknown[] = [];
          const parser = new CsvParser((fields, line) => records.push([line, ...fields]), { delimiter });
          try {
            for (const piece of pieces) parser.push(piece);
            parser.end();
          } catch (error) {
            records.push((error as Error).message);
          }
          return records;
        };
        const cut = at % (body.length + 1);
        expect(read(body.slice(0, cut), body.slice(cut))).toEqual(read(body));
      }),
    );
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
