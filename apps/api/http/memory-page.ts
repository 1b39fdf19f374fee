import type { Page, PageQuery } from '@caviar/orchestrator';
import { invalidCursor } from './to-http-problem.js';

/** One page of a list that is all in memory, by key. A cursor names the last key given, so that it survives changes. */
export function memoryPage<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { limit, cursor }: PageQuery,
): Page<Item> {
  const after = cursor === undefined ? '' : readCursor(cursor);
  const rest = items.filter((item) => keyOf(item) > after).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = last !== undefined && rest.length > limit ? writeCursor(keyOf(last)) : null;
  return { items: page, nextCursor };
}

function writeCursor(key: string): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function readCursor(cursor: string): string {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (typeof key === 'string') return key;
  } catch {
    // Told below, like any other cursor that is none of ours.
  }
  throw invalidCursor();
}
