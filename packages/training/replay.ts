import type { LineageSegment } from '@caviar/spec';
import type { TrainingJob } from './job.js';
import { startTraining } from './start-training.js';

/**
 * Trains a lineage again, to the same bits: each stretch goes on from the checkpoint of the one before, under its own
 * params. Gives the job of the last stretch and the checkpoint it ends with. Throws TrainingInputError.
 */
export function replayLineage(
  { trainer, searchSeed, dataset }: Pick<TrainingJob, 'trainer' | 'searchSeed' | 'dataset'>,
  lineage: readonly LineageSegment[],
): { readonly job: TrainingJob; readonly checkpoint: Uint8Array } {
  let checkpoint: Uint8Array | undefined;
  let job: TrainingJob | undefined;
  for (const { number, params, untilStep, changes } of lineage) {
    job = { trainer, params: { ...trainer.params, ...params }, searchSeed, trialNumber: number, dataset, changes };
    const run = startTraining(job, checkpoint);
    for (let next = run.next(); next.kind !== 'end'; next = run.next()) {
      if (untilStep !== null && next.step >= untilStep) break;
    }
    checkpoint = run.checkpoint();
  }
  if (job === undefined || checkpoint === undefined) throw new RangeError('a lineage has one stretch at least');
  return { job, checkpoint };
}
