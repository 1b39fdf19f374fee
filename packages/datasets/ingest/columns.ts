import type { ColumnRole, DatasetMeta } from '@caviar/spec';
import { IngestError } from './ingest-error.js';

/** What every column of a table is, by position. */
export interface ColumnPlan {
  readonly names: readonly string[];
  readonly target: number;
  /** Positions of the features, in order, with the kind that the caller wants, if any. */
  readonly features: readonly { readonly at: number; readonly kind: 'numeric' | 'categorical' | null }[];
  readonly group: number | null;
  readonly source: number | null;
  readonly test: number | null;
  readonly ignored: readonly number[];
  /** Positions of columns that have no value in any row, once the rows are known. */
  readonly blank: readonly number[];
}

/** Puts roles and target together. Throws IngestError, naming the field of `meta`. */
export function planColumns(field: string, names: readonly string[], meta: DatasetMeta): ColumnPlan {
  names.forEach((name, c) => {
    const first = names.indexOf(name);
    if (first === c) return;
    throw new IngestError([field], `line 1: columns ${first + 1} and ${c + 1} are both named "${name}"`);
  });
  const unknown = Object.keys(meta.columns).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new IngestError(['meta', 'columns', unknown], `there is no such column; there are ${shown(names)}`);
  }
  const roleOf = (c: number): ColumnRole | undefined =>
    Object.hasOwn(meta.columns, names[c]!) ? meta.columns[names[c]!] : undefined;
  const only = (role: ColumnRole): number | null => {
    const found = names.map((_, c) => c).filter((c) => roleOf(c) === role);
    if (found.length > 1) {
      throw new IngestError(['meta', 'columns', names[found[1]!]!], `a second column with the role ${role}`);
    }
    return found[0] ?? null;
  };
  const target = findTarget(names, { meta, marked: only('target'), roleOf });
  const [group, source, test] = [only('group'), only('source'), only('test')];
  if (group !== null && source !== null) {
    throw new IngestError(
      ['meta', 'columns', names[source]!],
      'there is a group column too: rows have groups or sources',
    );
  }
  const features = names.flatMap((_, at) => {
    const role = roleOf(at);
    if (at === target || (role !== undefined && role !== 'numeric' && role !== 'categorical')) return [];
    return [{ at, kind: role ?? null }];
  });
  if (features.length === 0) {
    throw new IngestError(
      [field],
      `has no column of features: its columns are ${shown(names)}, the target is "${names[target]}"`,
    );
  }
  const ignored = names.map((_, c) => c).filter((c) => roleOf(c) === 'ignore');
  return { names, target, features, group, source, test, ignored, blank: [] };
}

function findTarget(
  names: readonly string[],
  {
    meta,
    marked,
    roleOf,
  }: {
    readonly meta: DatasetMeta;
    readonly marked: number | null;
    readonly roleOf: (c: number) => ColumnRole | undefined;
  },
): number {
  const { target } = meta;
  if (target === undefined) {
    const last = names.findLastIndex((_, c) => roleOf(c) === undefined);
    if (marked === null && last < 0) throw new IngestError(['meta', 'target'], 'no column is left to be the target');
    return marked ?? last;
  }
  const position = typeof target === 'number' ? target : names.indexOf(target);
  if (!(position in names)) {
    const where = typeof target === 'number' ? `column ${target}, counted from 0` : `column "${target}"`;
    throw new IngestError(['meta', 'target'], `there is no ${where}; there are ${names.length}: ${shown(names)}`);
  }
  const role = roleOf(position);
  if (role !== undefined && role !== 'target') {
    throw new IngestError(['meta', 'columns', names[position]!], `is the target, and cannot be ${role}`);
  }
  if (marked !== null && marked !== position) {
    throw new IngestError(
      ['meta', 'target'],
      `is "${names[position]}", but columns makes "${names[marked]}" the target`,
    );
  }
  return position;
}

function shown(names: readonly string[]): string {
  const most = 20;
  return names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ');
}
