import type { SearchListQuery } from '@caviar/orchestrator';
import { z } from 'zod';
import { cursorFields, decodeCursor } from './cursor.js';
import { Prisma } from './generated/client.js';

type Sort = NonNullable<SearchListQuery['sort']>;

const ended = Prisma.sql`(s.completed + s.pruned + s.infeasible + s.failed + s.cancelled)`;
const made = Prisma.sql`(${ended} + s.queued + s.running + s.paused)`;
/** Planned while the search can go on, made once it has ended: as progress shows it. */
const total = Prisma.sql`(CASE WHEN s.status IN ('running', 'paused') THEN greatest(s.planned_total, ${made}) ELSE ${made} END)`;

/** What searches s are ordered by; between equals the newest is first. Text is compared byte by byte, as every client can. */
const KEYS: Readonly<Record<Sort, Prisma.Sql>> = {
  created: Prisma.sql`NULL::float8`,
  name: Prisma.sql`lower(s.name) COLLATE "C"`,
  status: Prisma.sql`s.status::text COLLATE "C"`,
  progress: Prisma.sql`coalesce(${ended}::float8 / nullif(${total}, 0), 0)`,
  trials: Prisma.sql`${total}::float8`,
};

/** What words are looked for in. */
const TEXT = Prisma.sql`lower(concat_ws(' ', s.name, s.spec -> 'trainer' ->> 'kind', s.spec -> 'trainer' ->> 'dataset',
  s.spec -> 'trainer' ->> 'program', s.spec -> 'sampler' ->> 'kind', s.spec -> 'scheduler' ->> 'kind'))`;

/** The list of searches, as its cursors name it. */
export const LIST = 'searches';

const place = { isUp: z.boolean(), createdAt: cursorFields.time, id: cursorFields.id };
const text = z
  .string()
  .max(500)
  .refine((key) => !key.includes('\0'));
const cursorSchema = z.discriminatedUnion('sort', [
  z.object({ sort: z.literal('created'), key: z.null(), ...place }),
  z.object({ sort: z.enum(['name', 'status']), key: text, ...place }),
  z.object({ sort: z.enum(['progress', 'trials']), key: z.number(), ...place }),
]);

/** How a list of searches is filtered and ordered, from the place that its cursor says. */
export function listOrder({ status, project, q = '', cursor, ...query }: SearchListQuery) {
  // A cursor goes on in the order that it was given with.
  const after = decodeCursor(LIST, cursorSchema, cursor);
  const { sort, isUp } = after ?? orderOf(query);
  const key = KEYS[sort];
  const conditions = [
    ...(status === undefined ? [] : [Prisma.sql`s.status = ${status}::search_status`]),
    ...(project === undefined ? [] : [Prisma.sql`s.project = ${project}`]),
    ...wordsOf(q).map((word) => Prisma.sql`(strpos(${TEXT}, ${word}) > 0 OR s.id = ${word})`),
  ];
  if (after !== null) {
    const isLater = Prisma.sql`(s.created_at, s.id) < (${after.createdAt}::timestamptz, ${after.id})`;
    const known = typeof after.key === 'string' ? Prisma.sql`${after.key}::text` : Prisma.sql`${after.key}::float8`;
    conditions.push(
      sort === 'created' && !isUp
        ? isLater
        : sort === 'created'
          ? Prisma.sql`(s.created_at, s.id) > (${after.createdAt}::timestamptz, ${after.id})`
          : Prisma.sql`(${key} ${isUp ? Prisma.sql`>` : Prisma.sql`<`} ${known} OR (${key} = ${known} AND ${isLater}))`,
    );
  }
  const way = isUp ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  const order =
    sort === 'created'
      ? Prisma.sql`s.created_at ${way}, s.id ${way}`
      : Prisma.sql`${key} ${way}, s.created_at DESC, s.id DESC`;
  return { conditions: conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' AND '), key, order };
}

/** Where a page ends. */
export function placeInList(
  { cursor, ...query }: SearchListQuery,
  row: { readonly id: string; readonly createdAt: Date; readonly sortKey: string | number | null },
): object {
  const { sort, isUp } = decodeCursor(LIST, cursorSchema, cursor) ?? orderOf(query);
  return { sort, isUp, key: row.sortKey, createdAt: row.createdAt.toISOString(), id: row.id };
}

function orderOf({ sort = 'created', order }: Pick<SearchListQuery, 'sort' | 'order'>) {
  return { sort, isUp: order === undefined ? sort === 'name' || sort === 'status' : order === 'asc' };
}

function wordsOf(q: string): string[] {
  return q
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}
