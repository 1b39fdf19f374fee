import { expect, test } from 'vitest';
import { reasonFrom } from './reason.js';

test.each([
  [new Error('boom'), 'Error: boom'],
  [undefined, 'undefined'],
  ['', 'no reason was given'],
  ['a\0b\ud83d', 'a\uFFFDb\uFFFD'],
  ['x'.repeat(2000), 'x'.repeat(1000)],
  [`x${'🐟'.repeat(2000)}`, `x${'🐟'.repeat(999)}`],
])('of %j, the service is told what it takes', (cause, reason) => {
  expect(reasonFrom(cause)).toBe(reason);
});
