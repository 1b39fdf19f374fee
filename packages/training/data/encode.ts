import type { Dataset, FeatureColumn, InputEncoding } from '@caviar/spec';
import { MAX_ONE_HOT } from '@caviar/spec/plain';
import { TrainingInputError } from '../job.js';
import { identityNormalization, measureFeatures, type Normalization } from './normalize.js';

/** A data set as a network sees it, with what was learned on its training rows. */
export interface EncodedDataset {
  /** `info.features` counts inputs. */
  readonly dataset: Dataset;
  readonly encodings: readonly InputEncoding[];
  readonly normalization: Normalization;
}

/** Trials of a search share a split: what the last one was given is given to the next. */
const lastOf = new WeakMap<Dataset, { readonly key: string; readonly encoded: EncodedDataset }>();

/**
 * Turns columns into inputs: categories one-hot, missing values filled in by the mean with an indicator beside it, numbers
 * normalised when asked for (inputs that are 0 or 1 by their nature are left so). All of it is learned on the training rows
 * alone, so that no other row has a say.
 */
export function encodeDataset(
  dataset: Dataset,
  train: Int32Array,
  { normalize, key }: { readonly normalize: boolean; readonly key: string },
): EncodedDataset {
  const last = lastOf.get(dataset);
  const fullKey = `${normalize} ${key}`;
  if (last?.key === fullKey) return last.encoded;
  const encodings = learnEncodings(dataset, train);
  const width = encodings.reduce((sum, encoding) => sum + widthOf(encoding), 0);
  refuseTooWide(dataset, width);
  const inputs = encodeRows(dataset, encodings);
  const encoded = { ...dataset, info: { ...dataset.info, features: width }, features: inputs };
  const normalization = normalize ? measureFeatures(encoded, train) : identityNormalization(width);
  if (dataset.columns !== undefined) leaveIndicators(normalization, encodings);
  const result = { dataset: encoded, encodings, normalization };
  lastOf.set(dataset, { key: fullKey, encoded: result });
  return result;
}

/** Numbers of four bytes in 4 GiB, which is what a network's memory takes at most. */
const MAX_INPUTS = 2 ** 30;

/** Categories make many inputs of a column: said before the memory is taken, which the machine may not have. */
function refuseTooWide({ info, features }: Dataset, width: number): void {
  const rows = features.length / info.features;
  if (rows * width <= MAX_INPUTS) return;
  const gigabytes = (4 * rows * width) / 2 ** 30;
  throw new TrainingInputError(
    ['dataset'],
    `has ${rows} rows of ${width} inputs, ${gigabytes.toFixed(1)} GiB; there are 4 at most: leave columns out, or rows`,
  );
}

/** What becomes of every column. */
function learnEncodings({ info, features, columns }: Dataset, train: Int32Array): InputEncoding[] {
  if (columns === undefined) {
    return Array.from({ length: info.features }, (_, c) => {
      return { kind: 'numeric', name: `x${c}`, fill: null, indicator: false };
    });
  }
  const cells = (c: number) => Float32Array.from(train, (row) => features[row * info.features + c]!);
  return columns.map((column, c) =>
    column.kind === 'numeric' ? learnNumeric(column.name, cells(c)) : learnCategorical(column, cells(c)),
  );
}

function learnNumeric(name: string, cells: Float32Array): InputEncoding {
  let [sum, count] = [0, 0];
  for (const x of cells) {
    if (Number.isNaN(x)) continue;
    sum += x;
    count++;
  }
  return { kind: 'numeric', name, fill: count === 0 ? 0 : Math.fround(sum / count), indicator: count < cells.length };
}

function learnCategorical(
  { name, categories }: Extract<FeatureColumn, { kind: 'categorical' }>,
  cells: Float32Array,
): InputEncoding {
  const counts = new Float64Array(categories.length);
  let missing = false;
  for (const code of cells) {
    if (Number.isNaN(code)) missing = true;
    else counts[code]!++;
  }
  const seen = categories.map((_, code) => code).filter((code) => counts[code]! > 0);
  const kept = seen
    .toSorted((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, MAX_ONE_HOT)
    .sort((a, b) => a - b);
  const names = kept.map((code) => categories[code]!);
  return { kind: 'categorical', name, categories: names, other: seen.length > kept.length, missing };
}

/** Inputs that a column takes. */
export function widthOf(encoding: InputEncoding): number {
  if (encoding.kind === 'numeric') return encoding.indicator ? 2 : 1;
  return encoding.categories.length + Number(encoding.other) + Number(encoding.missing);
}

/** All rows as inputs, shape [rows, inputs]. */
function encodeRows({ info, features, columns }: Dataset, encodings: readonly InputEncoding[]): Dataset['features'] {
  if (columns === undefined) return features;
  const rows = features.length / info.features;
  const width = encodings.reduce((sum, encoding) => sum + widthOf(encoding), 0);
  const inputs = new Float32Array(rows * width);
  let first = 0;
  encodings.forEach((encoding, c) => {
    const place = placeOf(encoding, columns[c]!);
    for (let row = 0; row < rows; row++) place(features[row * info.features + c]!, inputs, row * width + first);
    first += widthOf(encoding);
  });
  return inputs;
}

/** Writes one cell's inputs. */
type Place = (cell: number, inputs: Float32Array, at: number) => void;

function placeOf(encoding: InputEncoding, column: FeatureColumn): Place {
  if (encoding.kind === 'numeric') {
    const { fill, indicator } = encoding;
    return (cell, inputs, at) => {
      const isMissing = Number.isNaN(cell);
      inputs[at] = isMissing ? (fill ?? Number.NaN) : cell;
      if (indicator && isMissing) inputs[at + 1] = 1;
    };
  }
  const { categories, other, missing } = encoding;
  const all = column.kind === 'categorical' ? column.categories : [];
  const positions = new Map(categories.map((name, i) => [name, i]));
  const offsets = all.map((name) => positions.get(name) ?? (other ? categories.length : -1));
  return (code, inputs, at) => {
    const offset = Number.isNaN(code) ? (missing ? categories.length + Number(other) : -1) : offsets[code]!;
    if (offset >= 0) inputs[at + offset] = 1;
  };
}

function leaveIndicators({ mean, sigma }: Normalization, encodings: readonly InputEncoding[]): void {
  let first = 0;
  for (const encoding of encodings) {
    const width = widthOf(encoding);
    const from = first + (encoding.kind === 'numeric' ? 1 : 0);
    mean.fill(0, from, first + width);
    sigma.fill(1, from, first + width);
    first += width;
  }
}
