import type { Dataset, DatasetInfo } from '@caviar/spec';
import { type CsvOptions, parseCsv } from './formats/csv.js';
import { FormatError } from './formats/nd-array.js';
import { type DatasetLabel, deviation } from './from-arrays.js';

export interface TableOptions extends CsvOptions {
  /** Whether the first record names the columns. Default true. */
  readonly header?: boolean;
  /** Name or 0-based index of the target column. Default: the last. */
  readonly target?: string | number;
  /** Name or 0-based index of a column that tells where a row was collected: no feature, but what splits go by. */
  readonly source?: string | number;
}

/**
 * A data set from CSV text. A column of numbers becomes one feature; any other column one feature per value it has (one-hot,
 * values in alphabetical order), a missing cell counting as a value of its own. Classes are in alphabetical order unless
 * the label names them. Throws FormatError, CsvError.
 */
export function datasetFromCsv(text: string, label: DatasetLabel, options: TableOptions = {}): Dataset {
  const records = parseCsv(text, options);
  const hasHeader = options.header ?? true;
  const names = hasHeader ? records[0] : records[0]?.map((_, i) => `column ${i}`);
  const rows = hasHeader ? records.slice(1) : records;
  if (names === undefined || rows.length === 0) throw new FormatError('has no rows');
  const firstLine = hasHeader ? 2 : 1;
  const ragged = rows.findIndex((row) => row.length !== names.length);
  if (ragged >= 0) {
    throw new FormatError(`record ${ragged + firstLine} has ${rows[ragged]!.length} fields, not ${names.length}`);
  }
  const target = findColumn(names, options.target ?? names.length - 1);
  const source = options.source === undefined ? null : findColumn(names, options.source);
  if (source === target) throw new FormatError(`column ${JSON.stringify(names[target])} cannot be target and source`);
  const columns = names.flatMap((name, c) =>
    c === target || c === source
      ? []
      : encode(
          name,
          rows.map((row) => row[c]!),
        ),
  );

  const features = new Float32Array(rows.length * columns.length);
  columns.forEach((column, c) => {
    for (let row = 0; row < rows.length; row++) features[row * columns.length + c] = column[row]!;
  });
  const cells = rows.map((row) => row[target]!);
  const { classNames: given, ...known } = label;
  const { sources, rowSources } = readSources(source === null ? null : rows.map((row) => row[source]!));
  const info = { ...known, rows: rows.length, features: columns.length, image: null, ...sources };
  if (label.task === 'regression') {
    const targets = Float32Array.from(cells, (cell, row) => {
      const value = toNumber(cell);
      if (value === null) throw new FormatError(`record ${row + firstLine}: the target "${cell}" is not a number`);
      return value;
    });
    const targetDeviation = deviation(targets);
    return { info: { ...info, classes: null, classNames: null, targetDeviation }, features, targets, ...rowSources };
  }
  const classNames = given ?? distinct(cells);
  const targets = Int32Array.from(cells, (cell, row) => {
    const position = classNames.indexOf(cell);
    if (position < 0) throw new FormatError(`record ${row + firstLine}: "${cell}" is not a class`);
    return position;
  });
  return { info: { ...info, classes: classNames.length, classNames }, features, targets, ...rowSources };
}

/** Sources with their rows, and the source of every row; nothing at all without such a column. */
function readSources(cells: readonly string[] | null): {
  readonly sources: Pick<DatasetInfo, 'sources'>;
  readonly rowSources: Pick<Dataset, 'sources'>;
} {
  if (cells === null) return { sources: {}, rowSources: {} };
  const names = distinct(cells);
  const positions = new Map(names.map((name, i) => [name, i]));
  const sources = Int32Array.from(cells, (cell) => positions.get(cell)!);
  const rows = names.map((name, i) => ({ name, rows: sources.reduce((n, x) => n + Number(x === i), 0) }));
  return { sources: { sources: rows }, rowSources: { sources } };
}

function findColumn(names: readonly string[], target: string | number): number {
  const position = typeof target === 'number' ? target : names.indexOf(target);
  if (!(position in names)) throw new FormatError(`there is no column ${JSON.stringify(target)}`);
  return position;
}

/** One column of cells as columns of numbers. */
function encode(name: string, cells: readonly string[]): Float64Array[] {
  const numbers = cells.map(toNumber);
  const missing = numbers.filter((x) => x === null).length;
  if (missing === 0) return [Float64Array.from(numbers as number[])];
  const blanks = cells.filter((cell) => isMissing(cell)).length;
  if (missing === blanks && blanks < cells.length) {
    throw new FormatError(`column "${name}" has ${blanks} missing numbers: fill them in or leave those rows out`);
  }
  return distinct(cells).map((value) => Float64Array.from(cells, (cell) => (cell === value ? 1 : 0)));
}

function isMissing(cell: string): boolean {
  return ['', '?', 'NA', 'NaN', 'nan', 'null'].includes(cell.trim());
}

function toNumber(cell: string): number | null {
  const value = Number(cell);
  return cell.trim() === '' || !Number.isFinite(value) ? null : value;
}

/** Sorted by code unit, so that the order depends on no locale; numbers by size. */
function distinct(cells: readonly string[]): string[] {
  const values = [...new Set(cells)];
  const numeric = values.every((value) => toNumber(value) !== null);
  return numeric ? values.sort((a, b) => Number(a) - Number(b)) : values.sort();
}
