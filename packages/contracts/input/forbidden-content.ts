import type { InvalidField } from './invalid-fields.js';
import { jsonPointer } from './json-pointer.js';

/**
 * Finds what JSON can say and no request may hold: text that Postgres can't keep (U+0000, lone surrogates), the key
 * `__proto__` (code further on that copies the object would take it for the prototype), and absurd depth.
 * Goes through the document without recursion, so that its depth does no harm.
 */
export function forbiddenContent(document: unknown): InvalidField[] {
  const found: InvalidField[] = [];
  const pending: { readonly value: unknown; readonly path: readonly string[] }[] = [{ value: document, path: [] }];
  for (let next = pending.pop(); next !== undefined && found.length < MAX_FOUND; next = pending.pop()) {
    const { value, path } = next;
    if (typeof value === 'string') {
      const message = complaint(value);
      if (message !== null) found.push({ pointer: jsonPointer(path), message });
    } else if (typeof value === 'object' && value !== null && path.length < MAX_DEPTH) {
      for (const [key, child] of Object.entries(value)) {
        const message = key === '__proto__' ? 'is not allowed' : complaint(key);
        if (message !== null) found.push({ pointer: jsonPointer([...path, key]), message: `the name ${message}` });
        if (typeof child === 'string' || typeof child === 'object')
          pending.push({ value: child, path: [...path, key] });
      }
    } else if (typeof value === 'object' && value !== null) {
      found.push({ pointer: jsonPointer(path), message: `is nested more than ${MAX_DEPTH} levels deep` });
    }
  }
  return found;
}

const MAX_FOUND = 100;
/** No request has a meaning deeper than about ten levels. */
const MAX_DEPTH = 64;

function complaint(text: string): string | null {
  if (text.includes('\u0000')) return 'must not contain the character U+0000';
  // Half of a surrogate pair is no character; isWellFormed is newer than the library's target.
  return /\p{Surrogate}/u.test(text) ? 'must not contain half of a surrogate pair' : null;
}
