import type { Dataset } from '@caviar/spec';
import { TrainingInputError } from '../job.js';

/**
 * Factor of every class's share in the training loss. `balanced` is m / (C m_c): each class counts as much as any other,
 * and the mean factor over the training rows is 1. Throws TrainingInputError.
 */
export function classWeightsFor(
  dataset: Dataset,
  rows: Int32Array,
  choice: 'none' | 'balanced' | readonly number[],
): Float64Array {
  const classes = dataset.info.classes ?? 1;
  const weights = new Float64Array(classes).fill(1);
  if (choice === 'none') return weights;
  const refuse = (message: string): never => {
    throw new TrainingInputError(['params', 'classWeights'], message);
  };
  if (dataset.info.task === 'regression') return refuse('must be "none" for regression: there are no classes');
  if (choice !== 'balanced') {
    if (choice.length !== classes) return refuse(`lists ${choice.length} values, but there are ${classes} classes`);
    weights.set(choice);
    return weights;
  }
  const counts = new Float64Array(classes);
  for (const row of rows) counts[dataset.targets[row]!]!++;
  return weights.map((_, c) => (counts[c]! > 0 ? rows.length / (classes * counts[c]!) : 1));
}
