import type { Dataset, DatasetInfo, DatasetMeta, FeatureColumn } from '@caviar/spec';
import { product } from '../formats/nd-array.js';
import { deviation } from '../from-arrays.js';
import type { ArrayParts, NamedArray } from './array-files.js';
import { countRows } from './from-records.js';
import { IngestError } from './ingest-error.js';
import type { Records } from './records.js';
import { Rounding } from './rounding.js';
import { inOrder, MANY_VALUES, MAX_CLASSES } from './survey.js';
import { type IngestLimits, MAX_COLUMNS, MAX_COLUMNS_TOLD } from './upload.js';

/**
 * A data set from arrays of features [rows, ...] and labels [rows]. Features of three dimensions, or of four with one channel, are
 * pictures. NaN is a missing value, but not in pictures. Throws IngestError.
 */
export function datasetFromMatrices(
  { features, labels, testFeatures, testLabels }: ArrayParts,
  { meta, limits }: { readonly meta: DatasetMeta; readonly limits: IngestLimits },
): { readonly dataset: Dataset; readonly notes: readonly (readonly string[])[] } {
  const shape = shapeOf(features);
  const rows = features.shape[0]!;
  const testRows = testFeatures?.shape[0] ?? 0;
  if (rows === 0) throw new IngestError([features.field], 'has no rows');
  if (shape.columns > MAX_COLUMNS)
    throw new IngestError([features.field], `has more than ${MAX_COLUMNS} columns`, true);
  if ((rows + testRows) * shape.columns > limits.cells) {
    throw new IngestError([features.field], `has more than ${limits.cells} cells`, true);
  }
  if (testFeatures !== null && String(shapeOf(testFeatures).inner) !== String(shape.inner)) {
    throw new IngestError(
      [testFeatures.field],
      `has rows of shape [${shapeOf(testFeatures).inner}], not [${shape.inner}]`,
    );
  }
  const values = new Float32Array((rows + testRows) * shape.columns);
  let missing = fill(values, 0, { array: features, shape });
  if (testFeatures !== null) missing = fill(values, rows, { array: testFeatures, shape }) || missing;

  const known = readTargets(labels, rows, 'labels');
  const own = testLabels === null ? new Float64Array(0) : readTargets(testLabels, testRows, 'testLabels');
  const { task, classNames } = judge(known, labels.field, meta);
  const base = {
    id: '',
    name: meta.name,
    description: meta.description,
    task,
    rows,
    features: shape.columns,
    image: shape.image,
    checksum: '',
    source: meta.source,
    licence: meta.licence,
    builtIn: false,
    ...(testRows > 0 ? { testRows } : {}),
  } as const;
  const columns = missing
    ? { columns: Array.from({ length: shape.columns }, (_, c): FeatureColumn => ({ kind: 'numeric', name: `x${c}` })) }
    : {};
  const inputs = missing ? { inputs: 2 * shape.columns } : {};
  const notes = notesOf(features, shape.columns);
  const all = new Float64Array(rows + testRows);
  all.set(known);
  all.set(own, rows);
  if (classNames === null) {
    checkNumbers(known, labels.field);
    checkNumbers(own, testLabels?.field ?? labels.field, false);
    const numbers = Float32Array.from(all);
    const info: DatasetInfo = {
      ...base,
      ...inputs,
      classes: null,
      classNames: null,
      targetDeviation: deviation(numbers.subarray(0, rows)),
    };
    return { dataset: { info, features: values, targets: numbers, ...columns }, notes };
  }
  const positions = new Map(classNames.map((name, label) => [Number(name), label]));
  const labelled = Int32Array.from(all, (value, row) => {
    const label = positions.get(value);
    if (label !== undefined) return label;
    throw new IngestError(
      ['testLabels'],
      `row ${row - rows + 1}: the class ${value} is in no row outside the test part`,
    );
  });
  const classRows = countRows(labelled.subarray(0, rows), classNames.length);
  const info: DatasetInfo = { ...base, ...inputs, classes: classNames.length, classNames, classRows };
  return { dataset: { info, features: values, targets: labelled, ...columns }, notes };
}

/** One array of two dimensions as a table, whose columns are named x0, x1, ... Throws IngestError. */
export function recordsOfMatrix(array: NamedArray): Records {
  if (array.shape.length !== 2) {
    throw new IngestError(
      [array.field],
      `has the shape [${array.shape}]: a table has two dimensions (or give features and labels)`,
    );
  }
  const [rows, columns] = array.shape as [number, number];
  return {
    field: array.field,
    names: Array.from({ length: columns }, (_, c) => `x${c}`),
    unit: 'row',
    async each(visit) {
      for (let row = 0; row < rows; row++) {
        const cells = Array.from({ length: columns }, (_, c) => {
          const value = array.values[row * columns + c]!;
          if (Math.abs(value) === Number.POSITIVE_INFINITY) throw notFinite(array.field, row, c);
          return Number.isNaN(value) ? null : value;
        });
        visit(cells, row + 1);
      }
    },
  };
}

interface Shape {
  readonly inner: readonly number[];
  readonly columns: number;
  readonly image: { readonly height: number; readonly width: number } | null;
}

function shapeOf({ shape, field }: NamedArray): Shape {
  const [, ...inner] = shape;
  if (inner.length === 0)
    throw new IngestError([field], `has the shape [${shape}]: features need two dimensions at least`);
  const isGrey = inner.length === 3 && inner[2] === 1;
  const image = inner.length === 2 || isGrey ? { height: inner[0]!, width: inner[1]! } : null;
  if (product(inner) === 0) throw new IngestError([field], `has the shape [${shape}]: no column of features`);
  return { inner, columns: product(inner), image };
}

/** Copies rows in from a row on; whether a value was missing. */
function fill(
  to: Float32Array,
  firstRow: number,
  { array, shape }: { readonly array: NamedArray; readonly shape: Shape },
): boolean {
  const { columns, image } = shape;
  const offset = firstRow * columns;
  let missing = false;
  for (let i = 0; i < array.values.length; i++) {
    const value = array.values[i]!;
    to[offset + i] = value;
    if (Number.isFinite(to[offset + i])) continue;
    if (!Number.isNaN(value) || image !== null) throw notFinite(array.field, Math.floor(i / columns), i % columns);
    missing = true;
  }
  return missing;
}

/** What is lost of each feature in 32 bits. */
function notesOf({ values, shape: [rows = 0] }: NamedArray, columns: number): string[][] {
  if (values instanceof Uint8Array) return [];
  return Array.from({ length: Math.min(columns, MAX_COLUMNS_TOLD) }, (_, c) => {
    const rounding = new Rounding();
    for (let row = 0; row < rows; row++) {
      const value = values[row * columns + c]!;
      if (!Number.isNaN(value)) rounding.see(value);
    }
    return rounding.warning === null ? [] : [rounding.warning];
  });
}

/** The targets of a regression must be numbers in 32 bits, and differ there, but for those of a test part. */
function checkNumbers(targets: ArrayLike<number>, field: string, mustDiffer = true): void {
  const rounding = new Rounding();
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row]!;
    if (!Number.isFinite(Math.fround(target)))
      throw new IngestError([field], `row ${row + 1}: the label ${target} is too large for a 32-bit number`);
    rounding.see(target);
  }
  if (mustDiffer && rounding.problemOfTarget !== null)
    throw new IngestError([field], `the label ${rounding.problemOfTarget}`);
}

function readTargets({ shape, values, field }: NamedArray, rows: number, part: string): ArrayLike<number> {
  const isColumn = shape.length === 2 && shape[1] === 1;
  if (shape.length !== 1 && !isColumn) {
    throw new IngestError([field], `${part} has the shape [${shape}]: one label per row is needed, as a whole number`);
  }
  if (shape[0] !== rows) throw new IngestError([field], `${part} has ${shape[0]} rows, the features have ${rows}`);
  for (let row = 0; row < rows; row++) {
    if (!Number.isFinite(values[row]))
      throw new IngestError([field], `row ${row + 1}: the label ${values[row]} is not a finite number`);
  }
  return values;
}

function judge(
  labels: ArrayLike<number>,
  field: string,
  meta: DatasetMeta,
): { readonly task: DatasetInfo['task']; readonly classNames: readonly string[] | null } {
  const distinct = new Set<number>();
  let fraction = false;
  for (let row = 0; row < labels.length; row++) {
    fraction ||= !Number.isInteger(labels[row]);
    if (distinct.size <= MAX_CLASSES) distinct.add(labels[row]!);
  }
  const task = meta.task ?? (fraction || distinct.size > MANY_VALUES ? 'regression' : 'classification');
  if (task === 'regression') return { task, classNames: null };
  if (distinct.size > MAX_CLASSES) {
    throw new IngestError(['meta', 'task'], `there are more than ${MAX_CLASSES} different labels: is it a regression?`);
  }
  if (distinct.size === 1) throw new IngestError([field], `the labels have one class only: ${[...distinct][0]}`);
  return { task, classNames: inOrder([...distinct].map(String)) };
}

function notFinite(field: string, row: number, column: number): IngestError {
  return new IngestError([field], `row ${row + 1}, entry ${column + 1}: is not a finite number`);
}
