import { expect, test } from 'vitest';
import { listIn, listText } from './list-text.js';

test.each([
  [['adam', 'gd'], 'adam, gd'],
  [[16, 32], '16, 32'],
  [[true, null, 0.5], 'true, null, 0.5'],
  [[['shift', 'rotate'], []], '["shift","rotate"], []'],
  [['16', '1e-3', 'true', 'null'], '"16", "1e-3", "true", "null"'],
  [['a, b', 'c'], '"a, b", c'],
  [['', ' x'], '"", " x"'],
  [['say "so", then', '5" disk', '"', '[', 'C:\\'], '"say \\"so\\", then", 5" disk, ", [, C:\\'],
])('%j is %s, and is read as it was', (values, text) => {
  expect(listText(values)).toBe(text);
  expect(listIn(text)).toEqual(values);
});

test('what is half typed is what is there so far', () => {
  expect([listIn('a, '), listIn('"a, b'), listIn(', ,'), listIn('[1, 2'), listIn('')]).toEqual([
    ['a'],
    ['"a', 'b'],
    [],
    ['[1', 2],
    [],
  ]);
});
