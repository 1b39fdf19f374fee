import { DomainError } from '@caviar/orchestrator';
import { z } from 'zod';

/** What may stand in a cursor that somebody could have forged: values that Postgres takes. */
export const cursorFields = {
  count: z.int32().min(0),
  id: z.string().regex(/^[\w.:-]{1,100}$/),
  time: z.iso.datetime().refine((time) => time > '1970' && time < '9999'),
};

/** Which list a page token is of: the same place in another one would leave items out and say nothing of it. Older ones do not say. */
const ofListSchema = z.object({ list: z.string().optional() });

/** A page token of a list: JSON in base64url, opaque to callers. */
export function encodeCursor(list: string, place: object): string {
  return Buffer.from(JSON.stringify({ list, ...place }), 'utf8').toString('base64url');
}

/** Reads a token that `encodeCursor` made for the list; anything else is the caller's error. */
export function decodeCursor<Schema extends z.ZodType>(
  list: string,
  schema: Schema,
  cursor: string | undefined,
): z.infer<Schema> | null {
  if (cursor === undefined) return null;
  try {
    const token: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if ((ofListSchema.parse(token).list ?? list) === list) return schema.parse(token);
  } catch {
    // Told below, like a token of another list.
  }
  throw new DomainError('invalid-cursor', 'The cursor is not one that an earlier page of this list gave');
}

/** Cuts a list that was read with one row more than the page holds. */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  { list, placeOf }: { readonly list: string; readonly placeOf: (last: Row) => object },
) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(list, placeOf(last)) : null };
}
