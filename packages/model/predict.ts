import type { InputEncoding, TrainedLayer, TrainedModel } from '@caviar/spec';

/** A row as somebody writes it: a value per column of features, null for a missing one. */
export type RawRow = readonly RawCell[];
type RawCell = number | string | boolean | null;

export type Prediction =
  | { readonly kind: 'class'; readonly label: string; readonly probabilities: Readonly<Record<string, number>> }
  | { readonly kind: 'value'; readonly value: number };

/** A value that a column does not take. */
export class RowError extends Error {
  override readonly name = 'RowError';
  constructor(
    readonly column: number,
    message: string,
  ) {
    super(message);
  }
}

/** What the network says of a row. Throws RowError. */
export function predict(model: TrainedModel, row: RawRow): Prediction {
  return present(model, forward(model, encodeRow(model, row)));
}

/** A row as inputs of the network, normalised. Throws RowError. */
export function encodeRow({ encodings, normalization }: TrainedModel, row: RawRow): Float32Array {
  if (row.length !== encodings.length) {
    throw new RowError(
      Math.min(row.length, encodings.length),
      `there are ${row.length} values, not ${encodings.length}`,
    );
  }
  let next = 0;
  const inputs = encodings.flatMap((encoding, c) =>
    encodeCell(encoding, row[c]!, c).map((x) => {
      const i = next++;
      const input = Math.fround((Math.fround(x) - normalization.mean[i]!) / normalization.sigma[i]!);
      if (Number.isFinite(input)) return input;
      throw new RowError(c, 'is too far from the values that were trained on');
    }),
  );
  return Float32Array.from(inputs);
}

function encodeCell(encoding: InputEncoding, cell: RawCell, column: number): number[] {
  if (encoding.kind === 'numeric') {
    if (typeof cell === 'string' || typeof cell === 'boolean') throw new RowError(column, 'must be a number');
    if (cell !== null && !Number.isFinite(Math.fround(cell)))
      throw new RowError(column, 'must be a finite 32-bit number');
    if (cell === null && encoding.fill === null) throw new RowError(column, 'must not be missing');
    return [cell ?? encoding.fill ?? 0, ...(encoding.indicator ? [Number(cell === null)] : [])];
  }
  const known = cell === null ? -1 : codeOf(cell, encoding.categories);
  return [
    ...encoding.categories.map((_, code) => Number(code === known)),
    ...(encoding.other ? [Number(cell !== null && known < 0)] : []),
    ...(encoding.missing ? [Number(cell === null)] : []),
  ];
}

/** Position of a category: a number or a truth value is also the one that the file spelt in its own way (1.0, 01, TRUE). */
function codeOf(cell: number | string | boolean, categories: readonly string[]): number {
  const exact = categories.indexOf(String(cell));
  if (exact >= 0 || typeof cell === 'string') return exact;
  if (typeof cell === 'boolean') return categories.findIndex((name) => name.toLowerCase() === String(cell));
  return categories.findIndex((name) => name.trim() !== '' && Number(name) === cell);
}

/** From inputs to the last layer's z. */
export function forward({ layers, slopeOfLeakyRelu }: TrainedModel, inputs: Float32Array): Float64Array {
  let values: ArrayLike<number> = inputs;
  for (const layer of layers) values = runLayer(layer, values, slopeOfLeakyRelu);
  return Float64Array.from(values);
}

function runLayer(layer: TrainedLayer, inputs: ArrayLike<number>, slope: number): Float64Array {
  const { outputs, weights, bias, batchNorm, activation } = layer;
  const z = new Float64Array(outputs);
  if (bias !== null) z.set(bias);
  for (let i = 0; i < layer.inputs; i++) {
    const x = inputs[i]!;
    for (let o = 0; o < outputs; o++) z[o] = z[o]! + x * weights[i * outputs + o]!;
  }
  return z.map((value, o) => {
    if (batchNorm === null) return activate(value, activation, slope);
    const { gamma, beta, mean, variance, epsilon } = batchNorm;
    const scaled = (gamma[o]! * (value - mean[o]!)) / Math.sqrt(variance[o]! + epsilon) + beta[o]!;
    return activate(scaled, activation, slope);
  });
}

function activate(z: number, activation: TrainedLayer['activation'], slope: number): number {
  switch (activation) {
    case 'relu':
      return Math.max(0, z);
    case 'leakyRelu':
      return z > 0 ? z : slope * z;
    case 'tanh':
      return Math.tanh(z);
    case 'sigmoid':
      return 1 / (1 + Math.exp(-z));
    case 'linear':
    case null:
      return z;
  }
}

function present({ dataset, head }: TrainedModel, z: Float64Array): Prediction {
  if (head === 'squaredError') return { kind: 'value', value: z[0]! };
  const probabilities = head === 'logistic' ? logistic(z[0]!) : softmax(z);
  const names = dataset.classNames ?? [];
  const best = probabilities.indexOf(Math.max(...probabilities));
  return {
    kind: 'class',
    label: names[best] ?? String(best),
    probabilities: Object.fromEntries(Array.from(probabilities, (p, c) => [names[c] ?? String(c), p])),
  };
}

function logistic(z: number): Float64Array {
  const p = 1 / (1 + Math.exp(-z));
  return Float64Array.of(1 - p, p);
}

function softmax(z: Float64Array): Float64Array {
  const most = Math.max(...z);
  const powers = z.map((x) => Math.exp(x - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
}
