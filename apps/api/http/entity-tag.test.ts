import { expect, test } from 'vitest';
import { boardTag, noneMatch } from './entity-tag.js';

test('a tag tells versions and pages apart, and nothing else', () => {
  expect(boardTag(7, { limit: 50 })).toBe(boardTag(7, { limit: 50, cursor: undefined }));
  const tags = [
    boardTag(7, { limit: 50 }),
    boardTag(8, { limit: 50 }),
    boardTag(7, { limit: 51 }),
    boardTag(7, { limit: 50, cursor: 'a' }),
    boardTag(7, { limit: 50, cursor: 'b' }),
    boardTag(75, { limit: 0 }),
  ];
  expect(new Set(tags).size).toBe(tags.length);
  // RFC 9110, 8.8.3: quotes around, no quotes within, no control characters.
  for (const tag of tags) expect(tag).toMatch(/^"[\x21\x23-\x7e]+"$/);
});

test.each([
  [undefined, false],
  ['', false],
  ['"a"', true],
  ['W/"a"', true],
  ['"b", W/"a"', true],
  ['"b","c"', false],
  ['a', false],
  ['*', true],
  [' * ', true],
  ['"*"', false],
  ['"b,c", "a"', true],
])('If-None-Match: %s', (header, matches) => {
  expect(noneMatch(header)('"a"')).toBe(matches);
});
