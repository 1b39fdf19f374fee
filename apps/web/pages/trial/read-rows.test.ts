import { describe, expect, test } from 'vitest';
import { readRows } from './read-rows.js';

describe('rows to predict', () => {
  test.each([
    ['1, 2.5,red', [[1, 2.5, 'red']]],
    [
      '1\t2\n\n3\t',
      [
        [1, 2],
        [3, null],
      ],
    ],
    ['"a", ?,', [['a', null, null]]],
    ['[1, "x", null]', [[1, 'x', null]]],
    ['[[1], [2]]', [[1], [2]]],
    ['{"age": 3}', [{ age: 3 }]],
    ['[{"age": 3}, [4]]', [{ age: 3 }, [4]]],
  ])('%j', (text, rows) => {
    expect(readRows(text)).toEqual(rows);
  });

  test('JSON that is none is told', () => {
    expect(() => readRows('[1,')).toThrow(SyntaxError);
  });
});
