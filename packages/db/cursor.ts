import { DomainError } from '@caviar/orchestrator';
import { z } from 'zod';

/** What may stand in a cursor that somebody could have forged: values that Postgres takes. */
export const cursorFields = {
  count: z.int32().min(0),
  id: z.string().regex(/^[\w.:-]{1,100}$/),
  time: z.iso.datetime().refine((time) => time > '1970' && time < '9999'),
};

/** A page token: JSON in base64url, opaque to callers. */
export function encodeCursor(value: unknown): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}

/** Reads a token that `encodeCursor` made; anything else is the caller's error. */
export function decodeCursor<Schema extends z.ZodType>(
  schema: Schema,
  cursor: string | undefined,
): z.infer<Schema> | null {
  if (cursor === undefined) return null;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new DomainError('invalid-cursor', 'The cursor is not one that an earlier page gave');
  }
}

/** Cuts a list that was read with one row more than the page holds. */
export function cutPage<Row>(rows: readonly Row[], limit: number, cursorOf: (last: Row) => unknown) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null };
}
