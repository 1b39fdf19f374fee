import { TrainingInputError, type TrainingJob, type TrainingRun } from './job.js';
import { startMlp } from './mlp.js';
import { startQuadratic } from './quadratic.js';

/**
 * Starts a run, or goes on with one from its checkpoint. Nothing is computed before the first `next()` but the split and
 * the first weights. Throws TrainingInputError for a job that makes no sense.
 */
export function startTraining(job: TrainingJob, checkpoint?: Uint8Array): TrainingRun {
  switch (job.trainer.kind) {
    case 'quadratic':
      return startQuadratic(job, checkpoint);
    case 'mlp':
      return startMlp(job, checkpoint);
    case 'external':
    case 'command':
      throw new TrainingInputError(['trainer', 'kind'], 'code of others is not trained here');
  }
}
