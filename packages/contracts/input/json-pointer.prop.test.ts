import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPointer } from './json-pointer.js';

/** Follows a pointer, as of RFC 6901 section 4. */
function follow(document: unknown, pointer: string): unknown {
  let value = document;
  for (const token of pointer.split('/').slice(1)) {
    value = (value as Record<string, unknown>)[token.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return value;
}

test('a pointer leads back to where it was taken, whatever the keys', () => {
  const key = fc.oneof(fc.string(), fc.constantFrom('', '/', '~', '~1', '~01', 'a/b'));
  fc.assert(
    fc.property(
      fc.array(
        key.filter((name) => name !== '__proto__'),
        { maxLength: 6 },
      ),
      (path) => {
        const document = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), 'here');
        expect(follow(document, jsonPointer(path))).toBe('here');
      },
    ),
  );
});
