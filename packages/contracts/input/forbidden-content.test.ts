import { expect, test } from 'vitest';
import { forbiddenContent } from './forbidden-content.js';

test('finds U+0000 and half surrogate pairs in values and keys, by pointer', () => {
  const document = { name: 'a\u0000b', space: { ['x\ud800']: { kind: 'float' } }, list: ['fine', '\udc00'] };
  expect(
    forbiddenContent(document)
      .map(({ pointer }) => pointer)
      .sort(),
  ).toEqual(['/list/1', '/name', '/space/x\ud800']);
});

test('finds the key __proto__ at any depth', () => {
  const document: unknown = JSON.parse('{"__proto__": {}, "space": {"lr": {"__proto__": {"kind": "float"}}}}');
  expect(forbiddenContent(document).map(({ pointer }) => pointer)).toEqual(['/__proto__', '/space/lr/__proto__']);
});

test('has nothing against any other text', () => {
  expect(
    forbiddenContent({ name: 'Überraschung 🐟 \u0001\ufffd', n: 1, nothing: null, yes: true, deep: [[['x']]] }),
  ).toEqual([]);
});

test('refuses a document that is absurdly deep without running out of stack', () => {
  let document: unknown = 1;
  for (let depth = 0; depth < 200_000; depth++) document = [document];
  expect(forbiddenContent(document)).toMatchObject([{ message: 'is nested more than 64 levels deep' }]);
});
