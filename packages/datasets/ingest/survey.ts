import type { DatasetMeta } from '@caviar/spec';
import type { ColumnPlan } from './columns.js';
import { IngestError } from './ingest-error.js';
import { type Cell, numberOf, type Records, withPoint } from './records.js';
import { Spelling } from './spelling.js';
import type { IngestLimits } from './upload.js';

/** Classes of a classification, at most. */
export const MAX_CLASSES = 1_000;
/** A numeric target with more values than this is taken for a regression. */
export const MANY_VALUES = 20;
const TEST_MARKS: ReadonlySet<string> = new Set(['test', '1', 'true', 'yes']);
const OTHER_MARKS: ReadonlySet<string> = new Set(['train', 'dev', '0', 'false', 'no']);

/** What a first pass through the rows finds out. Rows of the test part have no say in it, but for their number. */
export interface Survey {
  /** Without those that have no target, which are left out. */
  readonly rows: number;
  readonly testRows: number;
  /** Rows that are left out, those of the test part apart: nothing can be learned from them. */
  readonly untold: number;
  /** The plan, without the features that have no value in any row. */
  readonly plan: ColumnPlan;
  /** Of every feature. */
  readonly kinds: readonly ('numeric' | 'categorical')[];
  /** What stands for a missing value in each feature's numbers, beside the ways that are so everywhere. */
  readonly standIns: readonly (string | null)[];
  /** Columns, by position, that write numbers with a decimal comma. */
  readonly commas: ReadonlySet<number>;
  readonly task: 'classification' | 'regression';
  /** Names of the classes in label order; null for regression. */
  readonly classNames: readonly string[] | null;
}

/** Throws IngestError for columns and targets that no data set can be made of. */
export async function survey(
  {
    data,
    test,
    plan,
    meta,
  }: { readonly data: Records; readonly test: Records | null; readonly plan: ColumnPlan; readonly meta: DatasetMeta },
  limits: IngestLimits,
): Promise<Survey> {
  const columns = plan.features.map(() => new Spelling());
  const target = { spelling: new Spelling(), fraction: false, values: new Set<string>(), numbers: 0 };
  let oddTarget: string | null = null;
  let [rows, testRows, untold, untoldTests] = [0, 0, 0, 0];
  await data.each((cells, line) => {
    const cell = cells[plan.target]!;
    if (cell === null) {
      untold++;
      return;
    }
    if ((rows + testRows + 1) * plan.features.length > limits.cells) throw tooLarge(data, limits);
    if (isTestRow(cells, plan, { records: data, line })) {
      testRows++;
      return;
    }
    rows++;
    plan.features.forEach(({ at }, f) => {
      const value = cells[at]!;
      if (value !== null) columns[f]!.see(value);
    });
    target.spelling.see(cell);
    const value = numberOf(cell) ?? numberOf(withPoint(String(cell)) ?? '');
    if (value !== null) target.numbers++;
    else oddTarget ??= `"${cell}" in ${data.unit} ${line}`;
    if (value !== null && !Number.isInteger(value)) target.fraction = true;
    if (target.values.size <= MAX_CLASSES) target.values.add(className(cell));
  });
  await test?.each((cells) => {
    if (cells[plan.target] === null) {
      untoldTests++;
      return;
    }
    testRows++;
    if ((rows + testRows) * plan.features.length > limits.cells) throw tooLarge(test, limits);
  });
  const targetColumn = `column ${plan.target + 1} ("${plan.names[plan.target]}"), the target,`;
  if (rows === 0) {
    throw new IngestError([data.field], untold > 0 ? `${targetColumn} has no value in any row` : 'has no rows');
  }
  if (test !== null && testRows === 0 && untoldTests > 0) {
    throw new IngestError(
      [test.field, 1],
      `${targetColumn} has no value in any row of the test file: leave the file out`,
    );
  }

  const commas = new Set<number>();
  const refuse = (at: number, message: string) => {
    throw new IngestError([data.field], `column ${at + 1} ("${plan.names[at]}") ${message}`);
  };
  const isBlank = plan.features.map(({ at, kind }, f) => {
    if (columns[f]!.isEmpty && kind !== null) refuse(at, `has no value in any row, and cannot be ${kind}`);
    return columns[f]!.isEmpty;
  });
  // Whoever writes a decimal comma in one column writes it in all.
  const isInDoubt = ![...columns, target.spelling].some(
    ({ hasCommas, mayBeThousands }) => hasCommas && !mayBeThousands,
  );
  const kinds = plan.features.flatMap(({ at, kind }, f) => {
    const spelling = columns[f]!;
    if (spelling.isEmpty) return [];
    if (spelling.hasCommas && kind !== 'categorical') {
      if (spelling.mayBeThousands && isInDoubt) refuse(at, COMMA_IN_DOUBT);
      commas.add(at);
    }
    return kind ?? (spelling.isNumeric || spelling.hasCommas ? 'numeric' : 'categorical');
  });
  if (kinds.length === 0) throw new IngestError([data.field], 'has no column of features with a value in any row');
  const isOfNumbers = target.spelling.isNumeric || target.spelling.hasCommas;
  if (target.spelling.hasCommas && meta.task !== 'classification') {
    if (target.spelling.mayBeThousands && isInDoubt) refuse(plan.target, COMMA_IN_DOUBT);
    commas.add(plan.target);
  }
  const found = isOfNumbers && (target.fraction || target.values.size > MANY_VALUES) ? 'regression' : 'classification';
  const task = meta.task ?? found;
  if (
    meta.task === undefined &&
    oddTarget !== null &&
    target.numbers >= MOSTLY * rows &&
    target.values.size > MANY_VALUES
  ) {
    const problem = `holds numbers, but ${oddTarget}: leave such cells empty, or say the task "classification"`;
    throw new IngestError([data.field], `${targetColumn} ${problem}`);
  }
  const classNames = task === 'regression' ? null : readClasses(data.field, [...target.values], plan);
  const blank = plan.features.filter((_, f) => isBlank[f]).map(({ at }) => at);
  const used = { ...plan, features: plan.features.filter((_, f) => !isBlank[f]), blank };
  const standIns = columns.filter(({ isEmpty }) => !isEmpty).map(({ standIn }) => standIn);
  return { rows, testRows, untold, plan: used, kinds, standIns, commas, task, classNames };
}

/** Share of a target's rows from which on it is taken for numbers, of which some are wrong. */
const MOSTLY = 0.8;

const COMMA_IN_DOUBT = 'writes numbers such as 1,234, which may be thousands or fractions: write 1234, or 1.234';

/** Whether a row belongs to the test part, by the column that tells. */
export function isTestRow(
  cells: readonly Cell[],
  { test, names }: ColumnPlan,
  { records, line }: { readonly records: Records; readonly line: number },
): boolean {
  if (test === null) return false;
  const mark = String(cells[test] ?? '').toLowerCase();
  if (TEST_MARKS.has(mark)) return true;
  if (OTHER_MARKS.has(mark)) return false;
  const what = mark === '' ? 'a missing value' : `"${cells[test]}"`;
  throw new IngestError(
    [records.field],
    `${placeOf(records, line, test)}: ${what} says neither test (test, 1, true, yes) nor train (${names[test]})`,
  );
}

/** Where a cell is. */
export function placeOf({ unit, names }: Records, line: number, at: number): string {
  return `${unit} ${line}, column ${at + 1} ("${names[at]}")`;
}

/** The name of a class: numbers that are equal are the same class, however they are written. */
export function className(cell: string | number): string {
  const value = numberOf(cell);
  // Long ids may be another number each, and the same one when they are read.
  const isRounded = value !== null && Number.isInteger(value) && !Number.isSafeInteger(value);
  return value === null || isRounded ? String(cell) : String(value);
}

function readClasses(field: string, values: readonly string[], { names, target }: ColumnPlan): string[] {
  const column = `column ${target + 1} ("${names[target]}")`;
  if (values.length > MAX_CLASSES) {
    throw new IngestError(['meta', 'task'], `${column} has more than ${MAX_CLASSES} values: is it a regression?`);
  }
  if (values.length === 1) throw new IngestError([field], `${column} has one class only: "${values[0]}"`);
  return inOrder(values);
}

/** Sorted by code unit, so that the order depends on no locale; numbers by size. */
export function inOrder(values: readonly string[]): string[] {
  const numeric = values.every((value) => numberOf(value) !== null);
  const sorted = values.toSorted();
  // Long ids may be different texts and the same number: those stay in the order of the texts.
  return numeric ? sorted.sort((a, b) => Number(a) - Number(b)) : sorted;
}

function tooLarge({ field }: Records, { cells }: IngestLimits): IngestError {
  return new IngestError([field], `has more than ${cells} cells of features`, true);
}
