import type { Metrics } from '@caviar/spec';
import { readCheckpointArrays, readCheckpointHeader, writeCheckpoint } from './checkpoint.js';
import type { OpenWorkspace } from './engine/kernels.js';
import { chooseEngine } from './engine/simd/engine.js';
import { evaluate } from './evaluate.js';
import { TrainingInputError, type TrainingJob, type TrainingRun, type TrainingStep } from './job.js';
import { type Setup, setUp } from './setup.js';
import { type Progress, Trainer } from './train.js';

/** Trains a fully connected network, one measurement an epoch. Throws TrainingInputError. */
export function startMlp(
  job: TrainingJob,
  checkpoint?: Uint8Array,
  open: OpenWorkspace = chooseEngine().open,
): TrainingRun {
  const setup = setUp(job, open);
  const trainer = new Trainer(setup);
  const { progress } = trainer;
  let divergence: string | null = null;
  if (checkpoint !== undefined) divergence = restore(checkpoint, setup, progress);

  const next = (): TrainingStep => {
    if (divergence !== null) return { kind: 'end', status: 'infeasible', reason: divergence };
    if (progress.epoch >= setup.params.epochs) return { kind: 'end', status: 'completed', reason: null };
    const step = progress.epoch + 1;
    const finite = trainer.runEpoch();
    if (!finite) divergence = nameDivergence(setup, step);
    const metrics = measure(setup);
    if (divergence === null && metrics['train.loss'] === null) divergence = nameDivergence(setup, step);
    return { kind: 'measurement', step, metrics };
  };

  return {
    next,
    checkpoint: () =>
      writeCheckpoint({ header: { ...identity(setup), progress, divergence }, arrays: stateArrays(setup) }),
  };
}

/** Loss and error of the train and dev parts. The test part stays sealed: its rows are not even loaded. */
function measure({ workspace, network, train, dev, regions, dataset }: Setup): Metrics {
  const metrics: Record<string, number | null> = {};
  const error = dataset.info.task === 'regression' ? 'rmse' : 'error';
  for (const [part, rows] of Object.entries({ train, dev })) {
    const evaluation = evaluate(workspace, network, { rows, regions });
    metrics[`${part}.loss`] = finiteOrNull(evaluation.loss);
    metrics[`${part}.${error}`] = finiteOrNull(evaluation.error);
  }
  return metrics;
}

/** Says in which epoch the loss ceased to be finite, and in which layer the numbers did. */
function nameDivergence({ workspace, layout }: Setup, epoch: number): string {
  const broken = (offset: number, length: number) =>
    workspace.floats.subarray(offset, offset + length).some((x) => !Number.isFinite(x));
  const message = `diverged: the loss is not finite in epoch ${epoch}`;
  for (const [l, layer] of layout.layers.entries()) {
    const weights = layout.parameters + layer.weights;
    if (broken(weights, layer.depth * layer.outPanels * layer.outWidth))
      return `${message}, nor are the weights of layer ${l + 1}`;
    if (broken(layer.output, layout.capacity * layer.outPanels * layer.outWidth)) {
      return `${message}, nor are the outputs of layer ${l + 1}`;
    }
  }
  return message;
}

function finiteOrNull(x: number): number | null {
  return Number.isFinite(x) ? x : null;
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
  };
}

/** Views of all numbers in the arena that outlive a step. */
function stateArrays({ workspace, layout }: Setup) {
  const { parameters, firstMoments, secondMoments, parameterCount } = layout;
  return [parameters, firstMoments, secondMoments]
    .filter((offset) => offset !== 0)
    .map((offset) => workspace.floats.subarray(offset, offset + parameterCount));
}

/** Puts a checkpoint's state in place; returns the divergence it ended with, if any. */
function restore(checkpoint: Uint8Array, setup: Setup, progress: Progress): string | null {
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
  return header['divergence'] as string | null;
}
