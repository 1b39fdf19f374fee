import type { Rows } from './data/load-rows.js';
import type { TargetNormalization } from './data/normalize.js';
import type { Workspace } from './engine/kernels.js';
import type { Network } from './model/network.js';

/** How a network does on one part of the data. */
export interface Evaluation {
  /** Mean loss over the examples, without regularisation and class weights. */
  readonly loss: number;
  /** Share classified wrongly; for regression the root of the mean squared error. NaN when the loss is not finite. */
  readonly error: number;
}

/** Where the pieces of an evaluation lie. */
export interface EvaluationRegions {
  /** The numbers 0, 1, 2, ... up to the number of rows. */
  readonly sequence: number;
  /** One element: rows classified wrongly. */
  readonly wrong: number;
  /** Class weights of 1. */
  readonly ones: number;
}

/** The parts of a set-up that it takes. */
interface Evaluated {
  readonly workspace: Workspace;
  readonly network: Network;
  readonly regions: EvaluationRegions;
  readonly targetNormalization: TargetNormalization;
}

/** Runs the rows through the network as at test time: no dropout, batch norm by its running averages. */
export function evaluate({ workspace, network, regions, targetNormalization }: Evaluated, rows: Rows): Evaluation {
  const { capacity, shape } = network.layout;
  const { wrong, ones, sequence } = regions;
  workspace.ints[wrong] = 0;
  let loss = 0;
  for (let start = 0; start < rows.count; start += capacity) {
    const count = Math.min(capacity, rows.count - start);
    const index = sequence + start;
    network.gather(rows.features, index, count);
    network.forward(count, null);
    loss += network.loss(rows, index, { rows: count, scale: 0, classWeights: ones, wrong });
  }
  // In the targets' own units.
  const mean = (loss / rows.count) * targetNormalization.sigma ** 2;
  // The squared-error loss is half the square.
  const error = shape.head === 'squaredError' ? Math.sqrt(2 * mean) : workspace.ints[wrong]! / rows.count;
  return { loss: mean, error: Number.isFinite(mean) ? error : Number.NaN };
}
