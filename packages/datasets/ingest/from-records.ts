import type { Dataset, DatasetInfo, DatasetMeta, FeatureColumn } from '@caviar/spec';
import { MAX_ONE_HOT } from '@caviar/spec/plain';
import { deviation } from '../from-arrays.js';
import { type ColumnPlan, planColumns } from './columns.js';
import { IngestError } from './ingest-error.js';
import { type Cell, isStandIn, numberOf, type Records, withPoint } from './records.js';
import { Rounding } from './rounding.js';
import { className, inOrder, isTestRow, placeOf, type Survey, survey } from './survey.js';
import type { IngestLimits } from './upload.js';
import { MAX_COLUMNS } from './upload.js';

/** Texts of a column of categories, at most: more are names or free text, which no network learns from. */
const MAX_TEXTS = 10_000;

/**
 * A data set from the rows of one table, or of two, the second being a test part of its own. Two passes: the first finds out what
 * the columns are, the second reads them. Throws IngestError with line and column.
 */
export async function datasetFromRecords(
  data: Records,
  test: Records | null,
  { meta, limits }: { readonly meta: DatasetMeta; readonly limits: IngestLimits },
): Promise<{
  readonly dataset: Dataset;
  readonly plan: ColumnPlan;
  readonly untold: number;
  readonly notes: readonly (readonly string[])[];
}> {
  if (data.names.length > MAX_COLUMNS)
    throw new IngestError([data.field], `has more than ${MAX_COLUMNS} columns`, true);
  const planned = planColumns(data.field, data.names, meta);
  if (test !== null) checkTestFile(data, test, planned);
  const found = await survey({ data, test, plan: planned, meta }, limits);
  const { plan, untold } = found;
  const reader = new RowReader(found);
  await data.each((cells, line) => reader.read(cells, { records: data, line, isTest: false }));
  await test?.each((cells, line) => reader.read(cells, { records: test, line, isTest: true }));
  checkTarget(reader, found, data.field);
  return { dataset: reader.finish(meta), plan, untold, notes: reader.notes() };
}

/** A regression needs targets that differ, and in 32 bits too. */
function checkTarget({ targetRounding }: RowReader, { plan, task }: Survey, field: string): void {
  const problem = task === 'regression' ? targetRounding.problemOfTarget : null;
  if (problem === null) return;
  throw new IngestError([field], `column ${plan.target + 1} ("${plan.names[plan.target]}"), the target, ${problem}`);
}

function checkTestFile(data: Records, test: Records, plan: ColumnPlan): void {
  if (plan.test !== null) {
    throw new IngestError(
      ['meta', 'columns', plan.names[plan.test]!],
      'there is a test file too: one of them is enough',
    );
  }
  const differs = data.names.findIndex((name, c) => test.names[c] !== name);
  if (test.names.length !== data.names.length || differs >= 0) {
    const which =
      differs >= 0 ? `column ${differs + 1} is "${test.names[differs] ?? ''}", not "${data.names[differs]}"` : '';
    throw new IngestError(
      [test.field, 1],
      `the test file has other columns than the first one: ${which || `${test.names.length}, not ${data.names.length}`}`,
    );
  }
}

/** Where a row comes from. */
interface Place {
  readonly records: Records;
  readonly line: number;
  readonly isTest: boolean;
}

/** Codes for texts, in the order in which they come. */
class Codes {
  readonly codes = new Map<string, number>();
  /** Texts with codes below this are those of the data; others are in the test part alone. */
  readonly inData = new Set<string>();

  codeOf(text: string, isTest: boolean): number {
    if (!isTest) this.inData.add(text);
    const known = this.codes.get(text);
    if (known !== undefined) return known;
    this.codes.set(text, this.codes.size);
    return this.codes.size - 1;
  }

  /** All texts in order, those of the data first, and from a code to a text's position among them. */
  sorted(): { readonly names: string[]; readonly positions: Int32Array } {
    const all = [...this.codes.keys()];
    const names = [
      ...inOrder(all.filter((text) => this.inData.has(text))),
      ...inOrder(all.filter((text) => !this.inData.has(text))),
    ];
    const places = new Map(names.map((name, i) => [name, i]));
    return { names, positions: Int32Array.from(all, (text) => places.get(text)!) };
  }
}

/** Fills the arrays, row by row. */
class RowReader {
  readonly #plan: ColumnPlan;
  readonly #survey: Survey;
  readonly #features: Float32Array;
  readonly #targets: Int32Array | Float32Array;
  readonly #texts: readonly (Codes | null)[];
  readonly #missing: Uint8Array;
  readonly #labels: ReadonlyMap<string, number>;
  readonly #marks: { readonly codes: Codes; readonly rows: Int32Array } | null;
  readonly #rounding: readonly Rounding[];
  readonly targetRounding = new Rounding();
  #next = 0;
  #nextTest: number;

  constructor(found: Survey) {
    const { rows, testRows, plan, kinds, task, classNames } = found;
    this.#plan = plan;
    this.#survey = found;
    this.#features = new Float32Array((rows + testRows) * kinds.length);
    this.#targets = task === 'regression' ? new Float32Array(rows + testRows) : new Int32Array(rows + testRows);
    this.#texts = kinds.map((kind) => (kind === 'categorical' ? new Codes() : null));
    this.#missing = new Uint8Array(kinds.length);
    this.#rounding = kinds.map(() => new Rounding());
    this.#labels = new Map((classNames ?? []).map((name, label) => [name, label]));
    const isMarked = plan.group !== null || plan.source !== null;
    this.#marks = isMarked ? { codes: new Codes(), rows: new Int32Array(rows + testRows) } : null;
    this.#nextTest = rows;
  }

  read(cells: readonly Cell[], place: Place): void {
    const told = cells[this.#plan.target]!;
    if (told === null) return; // left out, as the survey did
    const isTest = place.isTest || isTestRow(cells, this.#plan, place);
    const row = isTest ? this.#nextTest++ : this.#next++;
    const { features, group, source } = this.#plan;
    const first = row * features.length;
    for (let f = 0; f < features.length; f++) this.#features[first + f] = this.#feature(cells, f, { ...place, isTest });
    this.#targets[row] = this.#target(told, { ...place, isTest });
    const mark = group ?? source;
    if (this.#marks === null || mark === null) return;
    const cell = cells[mark]!;
    if (cell === null) throw refused(place, mark, `the ${group === null ? 'source' : 'group'} is missing`);
    this.#marks.rows[row] = this.#marks.codes.codeOf(String(cell), isTest);
  }

  #feature(cells: readonly Cell[], f: number, place: Place): number {
    const { at } = this.#plan.features[f]!;
    const cell = cells[at]!;
    const texts = this.#texts[f]!;
    if (cell === null || (texts === null && isStandIn(cell))) {
      if (!place.isTest) this.#missing[f] = 1;
      return Number.NaN;
    }
    if (texts === null) {
      const value = this.#number(cell, at);
      if (value === null) throw refused(place, at, `"${cell}" is not a number`);
      if (!Number.isFinite(Math.fround(value))) throw refused(place, at, `${cell} is too large for a 32-bit number`);
      if (!place.isTest) this.#rounding[f]!.see(value);
      return value;
    }
    const code = texts.codeOf(String(cell), place.isTest);
    if (code < MAX_TEXTS) return code;
    throw refused(place, at, `the column has more than ${MAX_TEXTS} different texts: give it the role ignore`);
  }

  #target(cell: string | number, place: Place): number {
    const at = this.#plan.target;
    if (this.#survey.task === 'classification') {
      const name = className(cell);
      const label = this.#labels.get(name);
      if (label === undefined) throw refused(place, at, `the class "${name}" is in no row outside the test part`);
      return label;
    }
    const value = this.#number(cell, at);
    if (value === null) throw refused(place, at, `the target "${cell}" is not a number`);
    if (!Number.isFinite(Math.fround(value)))
      throw refused(place, at, `the target ${cell} is too large for a 32-bit number`);
    if (!place.isTest) this.targetRounding.see(value);
    return value;
  }

  #number(cell: string | number, at: number): number | null {
    const text = this.#survey.commas.has(at) && typeof cell === 'string' ? withPoint(cell) : cell;
    return text === null ? null : numberOf(text);
  }

  /** What people should know of each feature beside what the rows show. */
  notes(): string[][] {
    return this.#rounding.map((rounding, f) => {
      const standIn = this.#survey.standIns[f]!;
      const taken = standIn === null ? [] : [`takes "${standIn}" for a missing value`];
      return [...taken, ...(rounding.warning === null ? [] : [rounding.warning])];
    });
  }

  finish({ name, description, source, licence }: DatasetMeta): Dataset {
    const { rows, testRows, kinds, task, classNames } = this.#survey;
    const width = kinds.length;
    const columns = kinds.map((_, f): FeatureColumn => this.#column(f));
    const targets = this.#targets;
    const info: DatasetInfo = {
      id: '',
      name,
      description,
      task,
      rows,
      features: width,
      inputs: columns.reduce((sum, column, f) => sum + inputsOf(column, this.#missing[f] === 1), 0),
      classes: classNames?.length ?? null,
      classNames,
      image: null,
      checksum: '',
      source,
      licence,
      builtIn: false,
      ...(testRows > 0 ? { testRows } : {}),
      ...(task === 'regression'
        ? { targetDeviation: deviation(targets.subarray(0, rows) as Float32Array) }
        : { classRows: countRows(targets.subarray(0, rows), classNames?.length ?? 0) }),
    };
    const common = { features: this.#features, columns, targets };
    if (this.#marks === null) return { info, ...common };
    const { names, positions } = this.#marks.codes.sorted();
    const marks = this.#marks.rows.map((code) => positions[code]!);
    if (this.#plan.group !== null) {
      const groups = new Set(marks.subarray(0, rows)).size;
      return { info: { ...info, groups }, ...common, groups: marks };
    }
    const rowsOf = (part: Int32Array) => {
      const counts = countRows(part, names.length);
      return names.map((name, i) => ({ name, rows: counts[i]! }));
    };
    const sources = rowsOf(marks.subarray(0, rows));
    const unseen = sources.find(({ rows: count }) => count === 0);
    if (unseen !== undefined) {
      // Dev and test must be of one distribution (seed 1.1), and dev is drawn from the other rows.
      const column = this.#plan.names[this.#plan.source!]!;
      throw new IngestError(
        ['meta', 'columns', column],
        `the source "${unseen.name}" is in the test part alone: dev and test must come from the same sources`,
      );
    }
    const testSources = testRows > 0 ? { testSources: rowsOf(marks.subarray(rows)) } : {};
    return { info: { ...info, sources, ...testSources }, ...common, sources: marks };
  }

  /** Turns a column's codes into positions in the order of its texts. */
  #column(f: number): FeatureColumn {
    const name = this.#plan.names[this.#plan.features[f]!.at]!;
    const texts = this.#texts[f]!;
    if (texts === null) return { kind: 'numeric', name };
    const { names, positions } = texts.sorted();
    const width = this.#texts.length;
    for (let at = f; at < this.#features.length; at += width) {
      const code = this.#features[at]!;
      if (!Number.isNaN(code)) this.#features[at] = positions[code]!;
    }
    return { kind: 'categorical', name, categories: names };
  }
}

function refused({ records, line }: Pick<Place, 'records' | 'line'>, at: number, message: string): IngestError {
  return new IngestError([records.field], `${placeOf(records, line, at)}: ${message}`);
}

function inputsOf(column: FeatureColumn, hasMissing: boolean): number {
  if (column.kind === 'numeric') return 1 + Number(hasMissing);
  const { length } = column.categories;
  return Math.min(length, MAX_ONE_HOT) + Number(length > MAX_ONE_HOT) + Number(hasMissing);
}

export function countRows(labels: ArrayLike<number>, count: number): number[] {
  const rows = new Array<number>(count).fill(0);
  for (let row = 0; row < labels.length; row++) rows[labels[row]!]!++;
  return rows;
}
