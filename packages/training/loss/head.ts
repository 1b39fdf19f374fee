import type { DatasetInfo } from '@caviar/spec';
import type { Kernels, Loss, PanelWidth } from '../engine/kernels.js';

/**
 * The last layer's activation together with its loss; for each of them dz = yhat - y (seed 3.5).
 *
 * - `softmax`: C > 2 classes, cross-entropy
 * - `logistic`: two classes, one output, the probability of class 1; softmax with C = 2 reduces to it
 * - `squaredError`: regression, L = (yhat - y)^2 / 2
 */
export type Head = 'softmax' | 'logistic' | 'squaredError';

/** The head that a data set calls for, and its number of outputs. */
export function headFor({ task, classes }: DatasetInfo): { readonly head: Head; readonly outputs: number } {
  if (task === 'regression') return { head: 'squaredError', outputs: 1 };
  return classes === 2 ? { head: 'logistic', outputs: 1 } : { head: 'softmax', outputs: classes ?? 1 };
}

/** How the logits lie. */
export interface OutputPanels {
  readonly outWidth: PanelWidth;
  readonly outPanels: number;
}

export function lossKernel(kernels: Kernels, head: Head, output: OutputPanels): Loss {
  switch (head) {
    case 'softmax':
      return kernels.softmaxCrossEntropy(output.outWidth, output.outPanels);
    case 'logistic':
      return kernels.logistic;
    case 'squaredError':
      return kernels.squaredError;
  }
}
