import type { Dataset } from '@caviar/spec';
import type { ArenaPlan } from '../engine/arena.js';
import type { Workspace } from '../engine/kernels.js';
import { roundUp } from '../model/layout.js';
import type { BatchSource } from '../model/network.js';
import type { Normalization } from './normalize.js';

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
  from: { readonly dataset: Dataset; readonly rows: Int32Array; readonly normalization: Normalization },
): void {
  const { info, features, targets } = from.dataset;
  const { mean, sigma } = from.normalization;
  const stride = roundUp(info.features, 16);
  const classes = info.task === 'classification';
  from.rows.forEach((row, i) => {
    const source = row * info.features;
    const to = region.features + i * stride;
    for (let c = 0; c < info.features; c++) floats[to + c] = (features[source + c]! - mean[c]!) / sigma[c]!;
    if (classes) ints[region.targets + i] = targets[row]!;
    else floats[region.targets + i] = targets[row]!;
  });
}
