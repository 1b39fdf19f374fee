import type { OpenWorkspace } from './engine/kernels.js';
import { chooseEngine } from './engine/simd/engine.js';
import { type Evaluation, evaluate } from './evaluate.js';
import { TrainingInputError, type TrainingJob } from './job.js';
import { restoreRun } from './run-state.js';
import { setUp } from './setup.js';

/**
 * Opens the sealed test set: loss and error of a trained network, from its last checkpoint, on rows that neither training
 * nor any choice has seen. Call it once, for the trial that was chosen (seed 1.1). Throws TrainingInputError when the split
 * leaves no test set, and for the checkpoint of another job.
 */
export function evaluateTest(
  job: TrainingJob,
  checkpoint: Uint8Array,
  open: OpenWorkspace = chooseEngine().open,
): Evaluation & { readonly rows: number } {
  const setup = setUp(job, open, 'test');
  const { workspace, network, regions, test } = setup;
  if (test.count === 0) throw new TrainingInputError(['trainer', 'split', 'test'], 'leaves no test set');
  const { progress } = restoreRun(checkpoint, setup);
  network.prepareInference(progress.batchNormPower);
  return { ...evaluate(workspace, network, { rows: test, regions }), rows: test.count };
}
