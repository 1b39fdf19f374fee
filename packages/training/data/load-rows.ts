import type { Dataset } from '@caviar/spec';
import type { ArenaPlan } from '../engine/arena.js';
import type { Workspace } from '../engine/kernels.js';
import { roundUp } from '../model/layout.js';
import type { BatchSource } from '../model/network.js';
import type { Normalization, TargetNormalization } from './normalize.js';

/** Rows of one part in the arena: features [count, inputs padded to whole panels], targets [count]. */
export interface Rows extends BatchSource {
  readonly count: number;
}

export function planRows(plan: ArenaPlan, count: number, inputs: number): Rows {
  return { count, features: plan.reserve(count * roundUp(inputs, 16)), targets: plan.reserve(count) };
}

/** Copies the named rows of a data set into the arena, normalised. */
export function loadRows(
  { floats, ints }: Workspace,
  region: Rows,
  from: {
    readonly dataset: Dataset;
    readonly rows: Int32Array;
    readonly normalization: Normalization;
    readonly targetNormalization: TargetNormalization;
  },
): void {
  const { mean, sigma } = from.targetNormalization;
  const { info, features, targets } = from.dataset;
  const stride = roundUp(info.features, 16);
  const classes = info.task === 'classification';
  const widened = new Float32Array(info.features);
  for (let i = 0; i < from.rows.length; i++) {
    const row = from.rows[i]!;
    const to = region.features + i * stride;
    const end = (row + 1) * info.features;
    const given = features.subarray(end - info.features, end);
    if (given instanceof Uint8Array) widened.set(given);
    const numbers = given instanceof Uint8Array ? widened : given;
    normalizeRow(floats.subarray(to, to + stride), numbers, from.normalization);
    if (classes) ints[region.targets + i] = targets[row]!;
    else floats[region.targets + i] = (targets[row]! - mean) / sigma;
  }
}

/** A function of its own, with arrays of one kind each: V8 compiles it into a loop twice as fast as one inside `loadRows`. */
function normalizeRow(to: Float32Array | Float64Array, from: Float32Array, { mean, sigma }: Normalization): void {
  for (let c = 0; c < from.length; c++) to[c] = (from[c]! - mean[c]!) / sigma[c]!;
}

/** Rows that are looked at to find out how many zeros there are. */
const SAMPLE = 256;

/** Share of the features that are not zero, by the first of the rows. */
export function shareFilled({ floats }: Workspace, { features, count }: Rows, inputs: number): number {
  const rows = Math.min(SAMPLE, count);
  const stride = roundUp(inputs, 16);
  let filled = 0;
  for (let row = 0; row < rows; row++) {
    const at = features + row * stride;
    for (let i = at; i < at + inputs; i++) if (floats[i] !== 0) filled++;
  }
  return filled / (rows * inputs);
}
