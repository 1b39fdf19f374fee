import { IngestError } from './ingest-error.js';
import { type Cell, cellOf, type Records } from './records.js';

/** A column as a reader of a columnar format gives it. */
export interface ReadColumn {
  readonly name: string;
  readonly values: Iterable<unknown> & { readonly length: number };
}

/** Columns in memory as records. Throws IngestError for values that are neither numbers nor texts. */
export function recordsOfColumns(field: string, columns: readonly ReadColumn[], rows: number): Records {
  return {
    field,
    names: columns.map(({ name }) => name),
    unit: 'row',
    async each(visit) {
      const readers = columns.map(({ values }) => values[Symbol.iterator]());
      for (let row = 1; row <= rows; row++) {
        const cells = readers.map((reader, c) => {
          const place = { row, name: columns[c]!.name };
          return toCell(readNext(reader, field, place), field, place);
        });
        visit(cells, row);
      }
    },
  };
}

interface Place {
  readonly row: number;
  readonly name: string;
}

/** Readers make some values only when they are asked for: a damaged one shows then. */
function readNext(reader: Iterator<unknown>, field: string, { row, name }: Place): unknown {
  try {
    return reader.next().value;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new IngestError([field], `row ${row}, column "${name}": cannot be read (${reason})`);
  }
}

function toCell(value: unknown, field: string, { row, name }: Place): Cell {
  switch (typeof value) {
    case 'number':
      if (Number.isNaN(value)) return null;
      if (Number.isFinite(value)) return value;
      throw new IngestError([field], `row ${row}, column "${name}": ${value} is not a finite number`);
    case 'bigint':
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case 'string':
      return cellOf(value);
    case 'boolean':
      return String(value);
    case 'undefined':
      return null;
    default:
      if (value === null) return null;
      if (value instanceof Date) return value.getTime();
      throw new IngestError([field], `row ${row}, column "${name}": holds neither a number nor a text`);
  }
}
