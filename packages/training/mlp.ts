import type { ParamChange, Params } from '@caviar/spec';
import { findTrainer } from '@caviar/spec/plain';
import { changedParams, changesIn, changesToMake, checkChange } from './changes.js';
import { readCheckpointHeader } from './checkpoint.js';
import { nameDivergence } from './divergence.js';
import { type BestEpoch, EarlyStopping } from './early-stopping.js';
import type { OpenWorkspace } from './engine/kernels.js';
import { chooseEngine } from './engine/simd/engine.js';
import { TrainingInputError, type TrainingJob, type TrainingRun, type TrainingStep } from './job.js';
import { measure } from './measure.js';
import { type End, restoreRun, saveRun } from './run-state.js';
import { type Setup, setUp } from './setup.js';
import { Trainer } from './train.js';

/** Trains a fully connected network, one measurement an epoch. Throws TrainingInputError. */
export function startMlp(
  job: TrainingJob,
  checkpoint?: Uint8Array,
  open: OpenWorkspace = chooseEngine().open,
): TrainingRun {
  const made = checkpoint === undefined ? [] : changesIn(readCheckpointHeader(checkpoint), job.trialNumber);
  let run: LiveRun | null = bringToLife({ job, open, changes: made, checkpoint });
  const live = (): LiveRun => {
    if (run === null) throw new Error('the run was released');
    return run;
  };
  const planned = changesToMake(job.changes ?? [], made, run.trainer.progress.epoch);

  const save = () => {
    const { setup, trainer, end, stopping, changes } = live();
    return saveRun(setup, { progress: trainer.progress, end, best: stopping?.best ?? null, changes });
  };

  const change = (params: Params): void => {
    const before = live();
    if (before.end !== null) throw new TrainingInputError(['params'], 'cannot be changed: the run has ended');
    checkChange(findTrainer('mlp')!, params);
    const { epoch } = before.trainer.progress;
    const { epochs } = params;
    // Early stopping puts the best weights back in the last epoch, which must not lie in the past.
    if (typeof epochs === 'number' && epochs <= epoch) {
      throw new TrainingInputError(['params', 'epochs'], `must be more than the ${epoch} that are finished`);
    }
    const changes = [...before.changes, { afterStep: epoch, params }];
    run = bringToLife({ job, open, changes, checkpoint: save() });
    before.setup.workspace.release();
  };

  const next = (): TrainingStep => {
    const { end, trainer } = live();
    if (end !== null) return end;
    while (planned[0]?.afterStep === trainer.progress.epoch) change(planned.shift()!.params);
    return takeStep(live());
  };

  const release = (): void => {
    run?.setup.workspace.release();
    run = null;
  };

  return { next, change, checkpoint: save, changes: () => live().changes, release };
}

/** A run in memory. */
interface LiveRun {
  readonly setup: Setup;
  readonly trainer: Trainer;
  readonly stopping: EarlyStopping | null;
  readonly changes: readonly ParamChange[];
  end: End | null;
}

/** A change of params goes the same way as a restart from a checkpoint: so the two cannot differ. */
function bringToLife({
  job,
  open,
  changes,
  checkpoint,
}: {
  readonly job: TrainingJob;
  readonly open: OpenWorkspace;
  readonly changes: readonly ParamChange[];
  readonly checkpoint: Uint8Array | undefined;
}): LiveRun {
  const setup = setUp({ ...job, params: changedParams(job.params, changes) }, open);
  const trainer = new Trainer(setup);
  const stopping = setup.params.earlyStopping ? new EarlyStopping(setup) : null;
  if (checkpoint === undefined) return { setup, trainer, stopping, changes, end: null };
  const { progress, end, best } = restoreRun(checkpoint, setup);
  Object.assign(trainer.progress, progress);
  if (stopping !== null) stopping.best = best;
  return { setup, trainer, stopping, changes, end };
}

/** Trains an epoch and measures it. */
function takeStep(run: LiveRun): TrainingStep {
  const { setup, trainer, stopping } = run;
  const { progress } = trainer;
  const { epochs, patience } = setup.params;
  if (progress.epoch >= epochs) return { kind: 'end', status: 'completed', reason: null };
  const step = progress.epoch + 1;
  const diverged = (): End => ({ kind: 'end', status: 'infeasible', reason: nameDivergence(setup, step) });
  if (!trainer.runEpoch()) run.end = diverged();
  let metrics = measure(setup, progress, step);
  if (run.end === null && metrics['train.loss'] === null) run.end = diverged();
  if (stopping !== null && run.end === null) {
    const exhausted = stopping.observe(step, metrics, progress);
    if (exhausted || step === epochs) {
      stopping.restore(progress);
      run.end = stoppedAt(stopping.best, exhausted ? patience : null);
      // The last measurement tells of the weights that are kept.
      metrics = measure(setup, progress, step);
    }
    metrics = { ...metrics, bestEpoch: stopping.best?.epoch ?? null };
  }
  return { kind: 'measurement', step, metrics, samples: trainer.samples };
}

function stoppedAt(best: BestEpoch | null, patience: number | null): End {
  const restored = `the weights of epoch ${best?.epoch} are restored`;
  const reason =
    patience === null ? restored : `stopped early: no better on the dev set for ${patience} epochs; ${restored}`;
  return { kind: 'end', status: 'completed', reason };
}
