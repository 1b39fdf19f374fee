import { type BestEpoch, EarlyStopping } from './early-stopping.js';
import type { OpenWorkspace } from './engine/kernels.js';
import { chooseEngine } from './engine/simd/engine.js';
import type { TrainingJob, TrainingRun, TrainingStep } from './job.js';
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
  const setup = setUp(job, open);
  const trainer = new Trainer(setup);
  const { progress } = trainer;
  const { epochs, earlyStopping } = setup.params;
  const stopping = earlyStopping ? new EarlyStopping(setup) : null;
  let end: End | null = null;
  if (checkpoint !== undefined) {
    const saved = restoreRun(checkpoint, setup);
    Object.assign(progress, saved.progress);
    end = saved.end;
    if (stopping !== null) stopping.best = saved.best;
  }

  const next = (): TrainingStep => {
    if (end !== null) return end;
    if (progress.epoch >= epochs) return { kind: 'end', status: 'completed', reason: null };
    const step = progress.epoch + 1;
    const diverged = (): End => ({ kind: 'end', status: 'infeasible', reason: nameDivergence(setup, step) });
    if (!trainer.runEpoch()) end = diverged();
    let metrics = measure(setup, progress, step);
    if (end === null && metrics['train.loss'] === null) end = diverged();
    if (stopping !== null && end === null) {
      const exhausted = stopping.observe(step, metrics, progress);
      if (exhausted || step === epochs) {
        stopping.restore(progress);
        end = stoppedAt(stopping.best, exhausted ? setup.params.patience : null);
        // The last measurement tells of the weights that are kept.
        metrics = measure(setup, progress, step);
      }
      metrics = { ...metrics, bestEpoch: stopping.best?.epoch ?? null };
    }
    return { kind: 'measurement', step, metrics };
  };

  return { next, checkpoint: () => saveRun(setup, { progress, end, best: stopping?.best ?? null }) };
}

function stoppedAt(best: BestEpoch | null, patience: number | null): End {
  const restored = `the weights of epoch ${best?.epoch} are restored`;
  const reason =
    patience === null ? restored : `stopped early: no better on the dev set for ${patience} epochs; ${restored}`;
  return { kind: 'end', status: 'completed', reason };
}

/** Says in which epoch the loss ceased to be finite, and in which layer the numbers did. */
function nameDivergence({ workspace, layout }: Setup, epoch: number): string {
  const broken = (offset: number, length: number) =>
    workspace.floats.subarray(offset, offset + length).some((x) => !Number.isFinite(x));
  const message = `diverged: the loss is not finite in epoch ${epoch}`;
  for (const [l, layer] of layout.layers.entries()) {
    const weights = layout.parameters + layer.weights;
    if (broken(weights, layer.depth * layer.outPanels * layer.outWidth)) {
      return `${message}, nor are the weights of layer ${l + 1}`;
    }
    const length = layout.capacity * layer.outPanels * layer.outWidth;
    if (broken(layer.z, length) || broken(layer.output, length)) {
      return `${message}, nor are the outputs of layer ${l + 1}`;
    }
  }
  return message;
}
