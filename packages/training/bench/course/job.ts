import type { Dataset, Params, SearchSpec } from '@caviar/spec';
import type { TrainingJob } from '../../job.js';

/** The job that a worker would make of a trial. */
export function courseJob(
  { trainer, seed }: SearchSpec,
  { number, params }: { readonly number: number; readonly params: Params },
  dataset: Dataset,
): TrainingJob {
  return { trainer, params: { ...trainer.params, ...params }, searchSeed: seed, trialNumber: number, dataset };
}
