import type { ColumnSummary, Dataset, DatasetSummary } from '@caviar/spec';
import { MAX_ONE_HOT } from '@caviar/spec/plain';
import { countRows } from './from-records.js';
import { leaksTarget } from './leaks.js';
import { numberOf } from './records.js';
import { MAX_CLASSES } from './survey.js';
import { MAX_COLUMNS_TOLD } from './upload.js';

const MAX_VALUES_TOLD = 20;
/** Different numbers of a column are counted up to here. */
const MAX_DISTINCT = 10_000;
/** In fewer rows than this, chance makes ids and leaks. */
const ENOUGH_ROWS = 20;
/** Fewer different numbers than these may well be names of categories. */
const MANY_NUMBERS = 20;
const DATE = /^\d{4}-\d{1,2}-\d{1,2}([T ]|$)|^\d{1,2}[./]\d{1,2}[./]\d{2,4}$/;

/** The first look at a data set: of the rows that splits share out alone, since a test part stays sealed. */
export function summarize(
  dataset: Dataset,
  others: DatasetSummary['others'],
  target: {
    readonly name: string;
    readonly untold: number;
    readonly notes?: readonly (readonly string[])[];
    /** Whether nobody said what the task is. */
    readonly isTaskFound?: boolean;
  },
): DatasetSummary {
  const { info, columns } = dataset;
  const count = Math.min(info.features, MAX_COLUMNS_TOLD);
  return {
    target: withUntold(describeTarget(dataset, target.name, target.isTaskFound ?? false), target.untold),
    columns: Array.from({ length: count }, (_, c) => {
      const cells = new Float32Array(info.rows);
      for (let row = 0; row < info.rows; row++) cells[row] = dataset.features[row * info.features + c]!;
      const column = columns?.[c] ?? { kind: 'numeric' as const, name: `x${c}` };
      const summary =
        column.kind === 'numeric'
          ? describeNumbers(column.name, cells)
          : describeTexts(column.name, column.categories, cells);
      const warnings = [...(target.notes?.[c] ?? []), ...summary.warnings];
      const leaks = info.rows >= ENOUGH_ROWS && leaksTarget(dataset, cells, column.kind);
      const warning = `tells the target nearly by itself: a leak?`;
      return { ...summary, warnings: leaks ? [...warnings, warning] : warnings };
    }),
    others,
  };
}

/** Tells of the rows that have no target. */
function withUntold(summary: ColumnSummary, untold: number): ColumnSummary {
  if (untold === 0) return summary;
  const warning =
    untold === 1 ? 'is missing in 1 row, which is left out' : `is missing in ${untold} rows, which are left out`;
  return { ...summary, missing: untold, warnings: [warning, ...summary.warnings] };
}

function describeTarget({ info, targets }: Dataset, name: string, isTaskFound: boolean): ColumnSummary {
  const rows = targets.subarray(0, info.rows);
  if (info.classNames === null) {
    const summary = describeNumbers(name, rows as Float32Array);
    return { ...summary, warnings: isTaskFound && mayBeClasses(summary, rows) ? [MAY_BE_CLASSES] : [] };
  }
  const counts = countRows(rows, info.classNames.length);
  const values = info.classNames.map((value, label) => ({ value, rows: counts[label]! }));
  const common = values.toSorted((a, b) => b.rows - a.rows);
  const rare = values
    .filter((one) => one.rows < 10)
    .map(({ value, rows: n }) => `the class "${value}" has ${n} ${n === 1 ? 'row' : 'rows'} only`);
  return {
    name,
    kind: 'categorical',
    missing: 0,
    distinct: values.length,
    values: common.slice(0, 100),
    warnings: rare.slice(0, 10),
  };
}

/** Rows that each class has in the mean, at least, before numbers are suspected of being names of classes. */
const ROWS_OF_A_CLASS = 5;
const MAY_BE_CLASSES =
  'holds a few whole numbers, taken for amounts (a regression): say the task "classification" if they name classes';

function mayBeClasses({ distinct }: ColumnSummary, rows: ArrayLike<number>): boolean {
  if (distinct === null || distinct > MAX_CLASSES || distinct * ROWS_OF_A_CLASS > rows.length) return false;
  return Array.prototype.every.call(rows, Number.isInteger);
}

function describeNumbers(name: string, cells: Float32Array): ColumnSummary {
  const distinct = new Set<number>();
  let [count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let whole = true;
  for (const x of cells) {
    if (Number.isNaN(x)) continue;
    count++;
    sum += x;
    min = Math.min(min, x);
    max = Math.max(max, x);
    whole &&= Number.isInteger(x);
    if (distinct.size <= MAX_DISTINCT) distinct.add(x);
  }
  const mean = sum / count;
  let squares = 0;
  for (const x of cells) if (!Number.isNaN(x)) squares += (x - mean) * (x - mean);
  const values = distinct.size > MAX_DISTINCT ? null : distinct.size;
  const warnings: string[] = [];
  if (values === 1) warnings.push('is constant');
  // Whole numbers that run through a range, each once.
  const isId = whole && count >= ENOUGH_ROWS && max - min === count - 1 && areAllDifferent(cells);
  if (isId) warnings.push('counts the rows: an id?');
  return {
    name,
    kind: 'numeric',
    missing: cells.length - count,
    distinct: count === 0 ? 0 : values,
    ...(count > 0 && { min, max, mean, deviation: Math.sqrt(squares / count) }),
    warnings,
  };
}

function areAllDifferent(cells: Float32Array): boolean {
  const sorted = Float32Array.from(cells).sort();
  return sorted.every((x, i) => i === 0 || x !== sorted[i - 1]);
}

function describeTexts(name: string, categories: readonly string[], cells: Float32Array): ColumnSummary {
  const codes = cells.filter((code) => !Number.isNaN(code));
  const counts = countRows(codes, categories.length);
  const present = categories.map((value, code) => ({ value, rows: counts[code]! })).filter(({ rows }) => rows > 0);
  const warnings: string[] = [];
  if (present.length === 1) warnings.push('is constant');
  if (present.length === codes.length && codes.length >= ENOUGH_ROWS)
    warnings.push('has another text in every row: an id?');
  const dates = present.filter(({ value }) => DATE.test(value)).length;
  if (present.length > 0 && dates >= 0.95 * present.length)
    warnings.push('holds dates, which are taken for categories');
  const nearly = nearlyNumbers(present);
  if (nearly !== null) warnings.push(nearly);
  if (present.length > MAX_ONE_HOT) {
    warnings.push(`has ${present.length} categories: all but the ${MAX_ONE_HOT} commonest share one input`);
  }
  return {
    name,
    kind: 'categorical',
    missing: cells.length - codes.length,
    distinct: present.length,
    values: present.toSorted((a, b) => b.rows - a.rows).slice(0, MAX_VALUES_TOLD),
    warnings,
  };
}

/** Share of the rows with a number from which on the other texts look like mistakes. */
const NEARLY_ALL = 0.9;
/** What people write around numbers: currencies, shares, blanks and marks between thousands. */
const SIGNS = /[$€£¥₹%\s'_]|,(?=\d{3}(\D|$))/g;
const MINUS = /\u2212/g;

/** A warning for texts that were meant as numbers; null for others. */
function nearlyNumbers(present: readonly { readonly value: string; readonly rows: number }[]): string | null {
  const rowsOf = (some: typeof present) => some.reduce((sum, { rows }) => sum + rows, 0);
  const most = NEARLY_ALL * rowsOf(present);
  const numbers = present.filter(({ value }) => numberOf(value) !== null);
  const others = present.filter(({ value }) => numberOf(value) === null).toSorted((a, b) => b.rows - a.rows);
  if (numbers.length > MANY_NUMBERS && others.length > 0 && rowsOf(numbers) >= most) {
    return `holds numbers, but "${others[0]!.value}" too: taken for categories, unless such cells are left empty`;
  }
  const plain = (value: string) => numberOf(value.replaceAll(SIGNS, '').replaceAll(MINUS, '-'));
  const signed = present.filter(({ value }) => plain(value) !== null);
  if (signed.length <= MANY_NUMBERS || rowsOf(signed) < most || others.length === 0) return null;
  return `holds numbers with signs, such as "${others[0]!.value}": taken for categories, unless plain numbers are written`;
}
