import { expect, test } from 'vitest';
import { jsonText } from './json-text.js';

test.each([
  ['plain', 'plain'],
  ['a\0b', 'a\uFFFDb'],
  ['\ud83d', '\uFFFD'],
  ['x\udc1fy\ud83d', 'x\uFFFDy\uFFFD'],
  ['🐟\u0001\n"', '🐟\u0001\n"'],
  ['\\ud83d', '\\ud83d'],
  ['\\\ud83d', '\\\uFFFD'],
  ['\\u0000', '\\u0000'],
])('%j is kept as %j, in values and names', (text, kept) => {
  expect(JSON.parse(jsonText({ [text]: [text] }))).toEqual({ [kept]: [kept] });
});

test('what is no text stays as it is', () => {
  expect(jsonText([1e-7, null, true, { a: {} }])).toBe('[1e-7,null,true,{"a":{}}]');
});
