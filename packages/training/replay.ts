import type { LineageSegment, Metrics } from '@caviar/spec';
import type { TrainingJob } from './job.js';
import { startTraining } from './start-training.js';

/**
 * Trains a lineage again, to the same bits: each stretch goes on from the checkpoint of the one before, under its own
 * params. Gives the job of the last stretch, the checkpoint it ends with and its last metrics. Throws TrainingInputError.
 */
export function replayLineage(
  { trainer, searchSeed, dataset }: Pick<TrainingJob, 'trainer' | 'searchSeed' | 'dataset'>,
  lineage: readonly LineageSegment[],
): { readonly job: TrainingJob; readonly checkpoint: Uint8Array; readonly metrics: Metrics } {
  let checkpoint: Uint8Array | undefined;
  let job: TrainingJob | undefined;
  let metrics: Metrics = {};
  for (const { number, params, untilStep, changes } of lineage) {
    job = { trainer, params: { ...trainer.params, ...params }, searchSeed, trialNumber: number, dataset, changes };
    const run = startTraining(job, checkpoint);
    for (let next = run.next(); next.kind !== 'end'; next = run.next()) {
      metrics = next.metrics;
      if (untilStep !== null && next.step >= untilStep) break;
    }
    checkpoint = run.checkpoint();
    run.release();
  }
  if (job === undefined || checkpoint === undefined) throw new RangeError('a lineage has one stretch at least');
  return { job, checkpoint, metrics };
}
