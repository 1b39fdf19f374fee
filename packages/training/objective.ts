import type { DropoutKeys } from './model/network.js';
import type { Setup } from './setup.js';

/** Which examples: `rows` numbers of training rows from the offset `index` on. */
export interface Batch {
  readonly index: number;
  readonly rows: number;
}

/** Forward pass: mean loss of a batch, its gradient by the logits left in place. */
export function batchLoss({ network, train }: Setup, { index, rows }: Batch, keys: DropoutKeys | null): number {
  network.gather(train, index, rows);
  network.forward(rows, keys);
  // The mean over the rows that there are: a last, smaller batch counts by its own size.
  return network.loss(train, index, { rows, scale: 1 / rows }) / rows;
}

/** Gradients of the batch's mean loss plus penalty; returns the mean loss. Without them when that is not finite. */
export function batchGradients(setup: Setup, batch: Batch, keys: DropoutKeys): number {
  const loss = batchLoss(setup, batch, keys);
  if (!Number.isFinite(loss)) return loss;
  setup.network.backward(batch.rows, keys);
  const { params, layout, workspace } = setup;
  if (params.l2 !== 0) {
    const { parameters, gradients, weightCount } = layout;
    workspace.kernels.penalty(parameters, gradients, weightCount, penaltyFactor(setup), 0);
  }
  return loss;
}

/** lambda / 2m times the squared weights, biases left out (seed 1.4). */
export function penalty(setup: Setup): number {
  const { parameters, weightCount } = setup.layout;
  return (penaltyFactor(setup) / 2) * setup.workspace.kernels.sumOfSquares(parameters, weightCount);
}

/** lambda / m, where m counts the training set: the strength does not depend on the batch size. */
function penaltyFactor({ params, train }: Setup): number {
  return params.l2 / train.count;
}
