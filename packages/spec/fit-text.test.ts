import { expect, test } from 'vitest';
import { fitText } from './fit-text.js';

test.each([
  ['abc', 2, 'ab'],
  ['abc', 3, 'abc'],
  ['', 3, ''],
  ['🐟🐟🐟', 2, '🐟🐟'],
  ['x🐟🐟🐟', 2, 'x🐟'],
  ['🐟x', 1, '🐟'],
  ['a\0b\ud83d', 9, 'a\uFFFDb\uFFFD'],
  ['\udc1f\ud83d', 2, '\uFFFD\uFFFD'],
])('%j fits into %i characters as %j', (text, max, fitted) => {
  expect(fitText(text, max)).toBe(fitted);
});
