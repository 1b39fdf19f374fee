import type { Metrics, TrainedLayer, TrainedModel } from '@caviar/spec';
import { changedParams, changesIn } from './changes.js';
import { readCheckpointHeader } from './checkpoint.js';
import type { TargetNormalization } from './data/normalize.js';
import { LEAK, type OpenWorkspace } from './engine/kernels.js';
import { chooseEngine } from './engine/simd/engine.js';
import { TrainingInputError, type TrainingJob } from './job.js';
import { BATCH_NORM_EPSILON } from './model/batch-norm.js';
import { type LayerLayout, weightAt } from './model/layout.js';
import { restoreRun } from './run-state.js';
import { type Setup, setUp } from './setup.js';

export interface ExportOptions {
  /** What the training measured last. */
  readonly metrics: Metrics;
  /** Whether these are known to be the very weights that the trial had. */
  readonly isExact?: boolean;
  readonly open?: OpenWorkspace;
}

/** What was trained, from its last checkpoint, with all that it takes to use it. Throws TrainingInputError. */
export function exportModel(
  job: TrainingJob,
  checkpoint: Uint8Array,
  { metrics, isExact = true, open = chooseEngine().open }: ExportOptions,
): TrainedModel {
  const params = changedParams(job.params, changesIn(readCheckpointHeader(checkpoint), job.trialNumber));
  const setup = setUp({ ...job, params }, open);
  const { progress, best } = restoreRun(checkpoint, setup);
  const { dataset, layout, encodings, normalization, train, dev } = setup;
  if (job.trainer.kind !== 'mlp' || job.trainer.split === undefined) {
    throw new TrainingInputError(['trainer', 'split'], 'must be filled in');
  }
  const { id, name, task, classNames, checksum, source, licence, image } = dataset.info;
  return {
    dataset: { id, name, task, classNames, checksum, source, licence, image },
    encodings,
    normalization,
    layers: inTargetUnits(
      layout.layers.map((layer) => readLayer(setup, layer, progress.batchNormPower)),
      setup.targetNormalization,
    ),
    head: layout.shape.head,
    slopeOfLeakyRelu: LEAK,
    training: {
      params,
      split: job.trainer.split,
      rows: { train: train.count, dev: dev.count },
      searchSeed: job.searchSeed,
      trialNumber: job.trialNumber,
      epoch: setup.params.earlyStopping ? (best?.epoch ?? progress.epoch) : progress.epoch,
      metrics,
      isExact,
    },
  };
}

function readLayer({ workspace, layout }: Setup, layer: LayerLayout, batchNormPower: number): TrainedLayer {
  const { floats } = workspace;
  const { inSize, outSize, activation, bias, batchNorm } = layer;
  const weights = new Float32Array(inSize * outSize);
  for (let i = 0; i < inSize; i++) {
    for (let o = 0; o < outSize; o++) weights[i * outSize + o] = floats[layout.parameters + weightAt(layer, i, o)]!;
  }
  const units = (offset: number) => Float32Array.from(floats.subarray(offset, offset + outSize));
  // Running averages start from 0: see `prepareInference`.
  const corrected = (offset: number, before: number) =>
    units(offset).map((x) => (batchNormPower === 1 ? before : x / (1 - batchNormPower)));
  return {
    inputs: inSize,
    outputs: outSize,
    activation,
    weights,
    bias: bias === null ? null : units(layout.parameters + bias),
    batchNorm:
      batchNorm === null
        ? null
        : {
            gamma: units(layout.parameters + batchNorm.gamma),
            beta: units(layout.parameters + batchNorm.beta),
            mean: corrected(batchNorm.mean, 0),
            variance: corrected(batchNorm.variance, 1),
            epsilon: BATCH_NORM_EPSILON,
          },
  };
}

/** The last layer of a regression is linear: it takes in what turns its outputs back into targets. */
function inTargetUnits(layers: readonly TrainedLayer[], { mean, sigma }: TargetNormalization): readonly TrainedLayer[] {
  const last = layers.at(-1);
  if ((mean === 0 && sigma === 1) || last === undefined || last.bias === null) return layers;
  const scaled = { ...last, weights: last.weights.map((w) => w * sigma), bias: last.bias.map((b) => b * sigma + mean) };
  return [...layers.slice(0, -1), scaled];
}
