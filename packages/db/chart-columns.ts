import type { ColumnCondition, TableQuery } from '@caviar/orchestrator';
import { Prisma } from './generated/client.js';
import { costOf } from './trial-sql.js';

const FIELDS: Readonly<Record<string, Prisma.Sql>> = {
  number: Prisma.sql`t.number`,
  step: Prisma.sql`t.step`,
  durationMs: Prisma.sql`t.duration_ms`,
  startedAt: Prisma.sql`extract(epoch FROM t.started_at)`,
};

/** Where a column stands in a document; null for a field of the row itself. */
function placeOf(column: string): { readonly document: Prisma.Sql; readonly key: string } | null {
  const dot = column.indexOf('.');
  if (dot < 0) return null;
  return {
    document: column.startsWith('params.') ? Prisma.sql`t.params` : Prisma.sql`t.metrics`,
    key: column.slice(dot + 1),
  };
}

function textOf(column: string): Prisma.Sql | null {
  const place = placeOf(column);
  return place === null ? null : Prisma.sql`(${place.document} ->> ${place.key}::text)`;
}

/** A column as a number; null where it is none. Text of a document must not be cast: a choice may look like a number. */
export function numberColumn(column: string): Prisma.Sql {
  const place = placeOf(column);
  if (place === null) return FIELDS[column] ?? Prisma.sql`t.value`;
  const { document, key } = place;
  return Prisma.sql`(CASE json_typeof(${document} -> ${key}::text) WHEN 'number' THEN (${document} ->> ${key}::text)::float8 END)`;
}

/** The conditions of a query on the rows of trials t, joined by AND. */
export function conditionsOf({ status, filter }: Pick<TableQuery, 'status' | 'filter'>): Prisma.Sql {
  const conditions = Object.entries(filter ?? {}).map(([column, condition]) => conditionOf(column, condition));
  if (status !== undefined) {
    conditions.push(Prisma.sql`t.status = ANY(${status as string[]}::trial_status[])`);
  }
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' AND ');
}

function conditionOf(column: string, condition: ColumnCondition): Prisma.Sql {
  if ('in' in condition) {
    const text = textOf(column) ?? Prisma.sql`${numberColumn(column)}::text`;
    const wanted = condition.in.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
    return Prisma.sql`${text} = ANY(${wanted}::text[])`;
  }
  const number = numberColumn(column);
  const { min, max } = condition;
  const bounds = [
    ...(min === undefined ? [] : [Prisma.sql`${number} >= ${min}::float8`]),
    ...(max === undefined ? [] : [Prisma.sql`${number} <= ${max}::float8`]),
  ];
  return bounds.length === 0 ? Prisma.sql`true` : Prisma.join(bounds, ' AND ');
}

/** The order of a query: what a trial does not have comes last, whichever way; the number decides between equals. */
export function orderOf({ sort, order, constrained }: Pick<TableQuery, 'sort' | 'order' | 'constrained'>): Prisma.Sql {
  const way = order === 'asc' ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  if (sort === 'front') return Prisma.sql`p.place ${way} NULLS LAST, t.number`;
  if (sort === 'value' && constrained !== undefined) {
    return Prisma.sql`t.rank_key ${way} NULLS LAST, t.violation ${way} NULLS LAST, ${costOf(constrained)} ${way} NULLS LAST, t.number`;
  }
  if (sort === 'value') return Prisma.sql`t.rank_key ${way} NULLS LAST, t.number`;
  if (sort === 'number') return Prisma.sql`t.number ${way}`;
  const text = textOf(sort);
  if (text === null) return Prisma.sql`${numberColumn(sort)} ${way} NULLS LAST, t.number`;
  return Prisma.sql`${numberColumn(sort)} ${way} NULLS LAST, ${text} ${way} NULLS LAST, t.number`;
}
