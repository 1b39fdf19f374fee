import type { Dataset, DatasetInfo } from '@caviar/spec';
import { FormatError, type NdArray, product } from './formats/nd-array.js';

/** What arrays and tables do not say of themselves. */
export type DatasetLabel = Pick<
  DatasetInfo,
  'id' | 'name' | 'description' | 'task' | 'checksum' | 'source' | 'licence' | 'builtIn'
> & {
  /** Names in label order; by default the numbers. */
  readonly classNames?: readonly string[] | undefined;
};

/**
 * A data set from an array of features [rows, ...] and one of targets [rows]. Features of three dimensions are pictures
 * [rows, height, width]. Class labels are whole numbers from 0. Throws FormatError.
 */
export function datasetFromArrays(features: NdArray, targets: NdArray, label: DatasetLabel): Dataset {
  const [rows, ...rest] = features.shape;
  if (rows === undefined || rest.length === 0) throw new FormatError('features need two dimensions at least');
  if (targets.shape.length !== 1 || targets.shape[0] !== rows) {
    throw new FormatError(`there are ${rows} rows of features, but targets of shape [${targets.shape.join(', ')}]`);
  }
  const columns = product(rest);
  const { classNames: names, ...known } = label;
  const values = features.values instanceof Uint8Array ? bytesOf(features.values) : Float32Array.from(features.values);
  const bad = values instanceof Uint8Array ? -1 : values.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) throw new FormatError(`row ${Math.floor(bad / columns)} has a feature that is not a finite number`);
  const image = rest.length === 2 ? { height: rest[0]!, width: rest[1]! } : null;
  const base = { ...known, rows, features: columns, image };
  if (label.task === 'regression') {
    const numbers = Float32Array.from(targets.values);
    const wrong = numbers.findIndex((x) => !Number.isFinite(x));
    if (wrong >= 0) throw new FormatError(`row ${wrong} has a target that is not a finite number`);
    const targetDeviation = deviation(numbers);
    return { info: { ...base, classes: null, classNames: null, targetDeviation }, features: values, targets: numbers };
  }
  const labels = toLabels(targets.values, names?.length);
  const classes = names?.length ?? labels.reduce((most, x) => Math.max(most, x), 0) + 1;
  const classNames = names ?? Array.from({ length: classes }, (_, c) => String(c));
  return { info: { ...base, classes, classNames }, features: values, targets: labels };
}

/** Not a Buffer, some of whose methods are others. */
function bytesOf({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

/** Standard deviation: what predicting the mean would cost, as a root mean squared error. 0 for no numbers. */
export function deviation(values: Float32Array): number {
  const { length } = values;
  if (length === 0) return 0;
  const mean = values.reduce((sum, x) => sum + x, 0) / length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / length);
}

function toLabels(values: ArrayLike<number>, classes: number | undefined): Int32Array {
  const labels = new Int32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const label = values[row]!;
    if (!Number.isInteger(label) || label < 0 || (classes !== undefined && label >= classes)) {
      throw new FormatError(`row ${row} has ${label} for a class`);
    }
    labels[row] = label;
  }
  return labels;
}
