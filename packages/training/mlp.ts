import { readCheckpointArrays, readCheckpointHeader, writeCheckpoint } from './checkpoint.js';
import { type BestEpoch, EarlyStopping } from './early-stopping.js';
import type { OpenWorkspace } from './engine/kernels.js';
import { chooseEngine } from './engine/simd/engine.js';
import { TrainingInputError, type TrainingJob, type TrainingRun, type TrainingStep } from './job.js';
import { measure } from './measure.js';
import { type Setup, setUp } from './setup.js';
import { type Progress, Trainer } from './train.js';

/** How a run ended. */
type End = Extract<TrainingStep, { kind: 'end' }>;

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
    const saved = restore(checkpoint, setup, progress);
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

  return {
    next,
    checkpoint: () => {
      const header = { ...identity(setup), progress, end, best: stopping?.best ?? null };
      return writeCheckpoint({ header, arrays: stateArrays(setup) });
    },
  };
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

/** What a checkpoint must agree on with the job. Parameters such as the learning rate may differ: people turn them. */
function identity({ job, layout, params, dataset }: Setup) {
  return {
    trainer: 'mlp',
    searchSeed: job.searchSeed,
    trialNumber: job.trialNumber,
    dataset: dataset.info.checksum,
    sizes: layout.shape.sizes,
    optimizer: params.optimizer,
    batchNorm: params.batchNorm,
    earlyStopping: params.earlyStopping,
  };
}

/** Views of all numbers in the arena that outlive a step. */
function stateArrays({ workspace, layout, regions }: Setup) {
  const { parameters, firstMoments, secondMoments, parameterCount, statistics, statisticsCount } = layout;
  const pieces = [
    [parameters, parameterCount],
    [firstMoments, parameterCount],
    [secondMoments, parameterCount],
    [statistics, statisticsCount],
    [regions.best, parameterCount + statisticsCount],
  ] as const;
  return pieces
    .filter(([offset, length]) => offset !== 0 && length > 0)
    .map(([offset, length]) => workspace.floats.subarray(offset, offset + length));
}

/** Puts a checkpoint's state in place. Throws TrainingInputError for the checkpoint of another job. */
function restore(
  checkpoint: Uint8Array,
  setup: Setup,
  progress: Progress,
): { readonly end: End | null; readonly best: BestEpoch | null } {
  const header = readCheckpointHeader(checkpoint);
  for (const [name, value] of Object.entries(identity(setup))) {
    if (JSON.stringify(header[name]) !== JSON.stringify(value)) {
      throw new TrainingInputError(
        ['checkpoint'],
        `belongs to another job: ${name} is ${JSON.stringify(header[name])} there and ${JSON.stringify(value)} here`,
      );
    }
  }
  readCheckpointArrays(checkpoint, stateArrays(setup));
  Object.assign(progress, header['progress']);
  return { end: header['end'] as End | null, best: header['best'] as BestEpoch | null };
}
