import type { Dataset, DatasetInfo } from '@caviar/spec';
import type { OpenWorkspace } from './engine/kernels.js';
import { chooseEngine } from './engine/simd/engine.js';
import { type Evaluation, evaluate } from './evaluate.js';
import { TrainingInputError, type TrainingJob } from './job.js';
import { restoreRun } from './run-state.js';
import { setUp } from './setup.js';

/** Where the test rows come from, and what computes. */
export interface TestOptions {
  /** A test part that was published apart from the rest; by default the rows that the split set aside. */
  readonly testSet?: Dataset;
  readonly open?: OpenWorkspace;
}

/**
 * Opens the sealed test set: loss and error of a trained network, from its last checkpoint, on rows that neither training
 * nor any choice has seen. They are normalised by the training rows' mean and sigma. Call it once, for the trial that was
 * chosen (seed 1.1). Throws TrainingInputError when there are no such rows, and for the checkpoint of another job.
 */
export function evaluateTest(
  job: TrainingJob,
  checkpoint: Uint8Array,
  { testSet, open = chooseEngine().open }: TestOptions = {},
): Evaluation & { readonly rows: number } {
  if (testSet !== undefined && job.dataset !== null) refuseOtherKind(testSet.info, job.dataset.info);
  const setup = setUp(job, open, testSet ?? 'split');
  const { network, test } = setup;
  if (test.count === 0) throw new TrainingInputError(['trainer', 'split', 'test'], 'leaves no test set');
  const { progress } = restoreRun(checkpoint, setup);
  network.prepareInference(progress.batchNormPower);
  return { ...evaluate(setup, test), rows: test.count };
}

/** A test part must have the features and the classes of the rows that were trained on. */
function refuseOtherKind(test: DatasetInfo, trained: DatasetInfo): void {
  for (const name of ['task', 'features', 'classNames'] as const) {
    if (JSON.stringify(test[name]) === JSON.stringify(trained[name])) continue;
    throw new TrainingInputError(['testSet'], `differs in its ${name} from the data set that was trained on`);
  }
}
