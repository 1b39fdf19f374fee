import type { Dataset } from '@caviar/spec';
import { refuseMisfit } from '../params.js';

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
  refuseMisfit(dataset.info, 'classWeights', choice);
  if (choice !== 'balanced') {
    weights.set(choice);
    return weights;
  }
  const counts = new Float64Array(classes);
  for (const row of rows) counts[dataset.targets[row]!]!++;
  return weights.map((_, c) => (counts[c]! > 0 ? rows.length / (classes * counts[c]!) : 1));
}
