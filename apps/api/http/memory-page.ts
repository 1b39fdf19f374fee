import type { Page, PageQuery } from '@caviar/orchestrator';
import { invalidCursor } from './to-http-problem.js';

/** One page of a list that is all in memory, by key. A cursor names the last key given, so that it survives changes. */
export function memoryPage<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { list, limit, cursor }: PageQuery & { readonly list: string },
): Page<Item> {
  const after = cursor === undefined ? '' : readCursor(list, cursor);
  const rest = items.filter((item) => keyOf(item) > after).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = last !== undefined && rest.length > limit ? writeCursor(list, keyOf(last)) : null;
  return { items: page, nextCursor };
}

function writeCursor(list: string, key: string): string {
  return Buffer.from(JSON.stringify([list, key])).toString('base64url');
}

function readCursor(list: string, cursor: string): string {
  try {
    const token: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    // Earlier ones are the key alone.
    const [of, key] = Array.isArray(token) ? token : [list, token];
    if (of === list && typeof key === 'string') return key;
  } catch {
    // Told below, like any other cursor that is none of ours.
  }
  throw invalidCursor();
}
