import type { TrainingPass } from './model/network.js';
import type { Setup } from './setup.js';

/** Which examples: `rows` numbers of training rows from the offset `index` on. */
export interface Batch {
  readonly index: number;
  readonly rows: number;
  /** Where the features lie when they are not the training rows themselves: rows 0, 1, 2, ... from this offset on. */
  readonly augmented?: number | undefined;
}

/** Forward pass in training: the batch's mean loss (classes weighted), its gradient by the logits left in place. */
export function batchLoss({ network, train, regions }: Setup, batch: Batch, pass: TrainingPass): number {
  const { index, rows, augmented } = batch;
  if (augmented === undefined) network.gather(train.features, index, rows);
  else network.gather(augmented, regions.sequence, rows);
  network.forward(rows, pass);
  // The mean over the rows that there are: a last, smaller batch counts by its own size.
  const { classWeights, wrong } = regions;
  return network.loss(train, index, { rows, scale: 1 / rows, classWeights, wrong }) / rows;
}

/** Gradients of the batch's mean loss plus penalty; returns the mean loss. Without them when that is not finite. */
export function batchGradients(setup: Setup, batch: Batch, pass: TrainingPass): number {
  const loss = batchLoss(setup, batch, pass);
  if (!Number.isFinite(loss)) return loss;
  setup.network.backward(batch.rows, pass.keys);
  const { params, layout, workspace, train } = setup;
  if (params.l2 !== 0 || params.l1 !== 0) {
    const { parameters, gradients, weightCount } = layout;
    // The derivatives of the two terms of `penalty`.
    workspace.kernels.penalty(
      parameters,
      gradients,
      weightCount,
      params.l2 / train.count,
      params.l1 / (2 * train.count),
    );
  }
  return loss;
}

/**
 * lambda_2 / 2m times the squared weights plus lambda_1 / 2m times their sizes, biases left out (seed 1.4). m counts the
 * training set, so that the strength does not depend on the batch size.
 */
export function penalty({ params, layout, workspace, train }: Setup): number {
  const { parameters, weightCount } = layout;
  let sizes = 0;
  if (params.l1 !== 0) {
    for (let i = parameters; i < parameters + weightCount; i++) sizes += Math.abs(workspace.floats[i]!);
  }
  const squares = params.l2 === 0 ? 0 : workspace.kernels.sumOfSquares(parameters, weightCount);
  return (params.l2 * squares + params.l1 * sizes) / (2 * train.count);
}
