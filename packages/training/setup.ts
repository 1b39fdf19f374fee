import { Stream, type StreamKey, streamKey } from '@caviar/numerics';
import type { Dataset, InputEncoding } from '@caviar/spec';
import { Augmenter } from './data/augment.js';
import { classWeightsFor } from './data/class-weights.js';
import { encodeDataset } from './data/encode.js';
import { loadRows, planRows, type Rows, shareFilled } from './data/load-rows.js';
import { measureTargets, type Normalization, TARGETS_AS_THEY_ARE, type TargetNormalization } from './data/normalize.js';
import { splitRows } from './data/split.js';
import { ArenaPlan } from './engine/arena.js';
import type { OpenWorkspace, Workspace } from './engine/kernels.js';
import type { EvaluationRegions } from './evaluate.js';
import { TrainingInputError, type TrainingJob } from './job.js';
import { headFor } from './loss/head.js';
import { type MlpParams, readMlpParams } from './mlp-params.js';
import { INITIALIZE_SCRATCH, initialize } from './model/initialize.js';
import { type NetworkLayout, planNetwork, roundUp } from './model/layout.js';
import { Network } from './model/network.js';
import { OPTIMIZERS } from './optim/registry.js';
import { refuseMisfit } from './params.js';

/** Examples that an evaluation takes at once when the batches are smaller. */
const EVALUATION_BATCH = 256;

/** Of four bytes, 4 GiB, less a megabyte that the engine keeps for itself. */
const MAX_ELEMENTS = 2 ** 30 - 2 ** 18;

/** Small things in the arena. */
export interface Regions extends EvaluationRegions {
  /** A weight per class for the training loss. */
  readonly classWeights: number;
  /** The best parameters so far and then the running averages that go with them; 0 without early stopping. */
  readonly best: number;
}

/** All that a run needs, in its memory: nothing is allocated after this. */
export interface Setup {
  readonly job: TrainingJob;
  /** As the network sees it: a feature is an input. */
  readonly dataset: Dataset;
  /** What became of every column of the data set's features. */
  readonly encodings: readonly InputEncoding[];
  readonly normalization: Normalization;
  /** What a network's outputs are to be multiplied by, and then added to, for predictions; classes have none. */
  readonly targetNormalization: TargetNormalization;
  readonly params: MlpParams;
  readonly workspace: Workspace;
  readonly layout: NetworkLayout;
  readonly network: Network;
  readonly train: Rows;
  readonly dev: Rows;
  /** Empty unless the test set was asked for. */
  readonly test: Rows;
  readonly regions: Regions;
  /** Arena offset of the numbers of the training rows, in the order of the present epoch. */
  readonly order: number;
  /** Null without augmentation. */
  readonly augmenter: Augmenter | null;
  /** Where it puts a batch's pictures. */
  readonly augmented: number | undefined;
  /** Examples per step, at most the training rows. */
  readonly batchSize: number;
}

/**
 * Splits and normalises the data, and draws the first weights. Test rows are loaded only when they are asked for, those of
 * the split or a data set of their own: otherwise they stay sealed. Throws TrainingInputError.
 */
export function setUp(job: TrainingJob, open: OpenWorkspace, testing: 'sealed' | 'split' | Dataset = 'sealed'): Setup {
  const { dataset: given, trainer } = job;
  if (given === null) throw new TrainingInputError(['dataset'], 'the trainer mlp needs a data set');
  if (trainer.kind !== 'mlp' || trainer.split === undefined) {
    throw new TrainingInputError(['trainer', 'split'], 'must be filled in');
  }
  const params = readMlpParams(job.params);
  const { hiddenUnits, activation, keepProbs, inputKeepProb, batchNorm } = params;
  const parts = splitRows(given, trainer.split, job.searchSeed);
  const { dataset, encodings, normalization } = encodeDataset(given, parts.train, {
    normalize: params.normalizeInputs,
    key: JSON.stringify([job.searchSeed, trainer.split]),
  });
  const isRegression = dataset.info.task === 'regression';
  const targetNormalization =
    isRegression && params.normalizeTargets ? measureTargets(dataset, parts.train) : TARGETS_AS_THEY_ARE;
  const inputs = dataset.info.features;
  const { head, outputs } = headFor(dataset.info);
  const testSet = typeof testing === 'string' ? dataset : testing;
  const testRows = testing === 'split' ? parts.test : new Int32Array(testing === 'sealed' ? 0 : testSet.info.rows);
  if (testing === testSet) for (let row = 0; row < testRows.length; row++) testRows[row] = row;
  const largest = Math.max(parts.train.length, parts.dev.length, testRows.length);
  const batchSize = params.batchSize === 'full' ? parts.train.length : Math.min(params.batchSize, parts.train.length);

  if (batchSize === 1 && batchNorm) {
    throw new TrainingInputError(['params', 'batchNorm'], 'must be off: a single training row has no variance');
  }
  const classes = dataset.info.classes ?? 1;
  if (params.augmentation.kinds.length > 0) refuseMisfit(dataset.info, 'augmentation', params.augmentation.kinds);
  const classWeights = classWeightsFor(dataset, parts.train, params.classWeights);
  const plan = new ArenaPlan();
  const layout = planNetwork(
    plan,
    { sizes: [inputs, ...hiddenUnits, outputs], activation, head, keepProbs, inputKeepProb, batchNorm },
    {
      capacity: Math.max(batchSize, Math.min(EVALUATION_BATCH, largest)),
      moments: OPTIMIZERS[params.optimizer].moments,
    },
  );
  const train = planRows(plan, parts.train.length, inputs);
  const dev = planRows(plan, parts.dev.length, inputs);
  const test = planRows(plan, testRows.length, inputs);
  const order = plan.reserve(parts.train.length);
  const scratch = plan.reserve(INITIALIZE_SCRATCH);
  const regions = {
    sequence: plan.reserve(largest),
    wrong: plan.reserve(1),
    ones: plan.reserve(classes),
    classWeights: plan.reserve(classes),
    best: params.earlyStopping ? plan.reserve(layout.parameterCount + layout.statisticsCount) : 0,
  };

  const { image } = dataset.info;
  const augments = params.augmentation.kinds.length > 0 && image !== null;
  const augmented = augments ? plan.reserve(batchSize * roundUp(inputs, 16)) : undefined;

  refuseTooLarge(plan, layout);
  const workspace = open(plan.size);
  const { floats, ints } = workspace;
  for (let i = 0; i < largest; i++) ints[regions.sequence + i] = i;
  floats.fill(1, regions.ones, regions.ones + classes);
  floats.set(classWeights, regions.classWeights);
  const learned = { normalization, targetNormalization };
  loadRows(workspace, train, { dataset, rows: parts.train, ...learned });
  loadRows(workspace, dev, { dataset, rows: parts.dev, ...learned });
  loadRows(workspace, test, { dataset: testSet, rows: testRows, ...learned });
  initialize(workspace, layout, { ...params, random: trialStream(job, 'init'), scratch });
  return {
    job,
    dataset,
    encodings,
    normalization,
    targetNormalization,
    params,
    workspace,
    layout,
    network: new Network(workspace, layout, shareFilled(workspace, train, inputs)),
    train,
    dev,
    test,
    regions,
    order,
    batchSize,
    augmented,
    augmenter:
      augmented === undefined || image === null
        ? null
        : new Augmenter({
            workspace,
            train,
            scratch: augmented,
            choice: params.augmentation,
            normalization,
            image,
            job,
          }),
  };
}

/** WebAssembly addresses no more. Throws TrainingInputError, naming what to make smaller. */
function refuseTooLarge({ size }: ArenaPlan, { parameterCount, layers, capacity }: NetworkLayout): void {
  if (size <= MAX_ELEMENTS) return;
  const units = layers.reduce((sum, { outPanels, outWidth }) => sum + outPanels * outWidth, 0);
  // Every weight has a gradient and up to two moments, every unit a value and a gradient per example of a batch.
  const ofWeights = 4 * parameterCount;
  const ofBatch = 2 * units * capacity;
  const name = ofWeights >= ofBatch ? 'hiddenUnits' : 'batchSize';
  const gigabytes = (size * Float32Array.BYTES_PER_ELEMENT) / 2 ** 30;
  throw new TrainingInputError(
    ['params', name],
    `makes a network that takes ${gigabytes.toFixed(1)} GiB with its data and a batch of ${capacity}; there are 4 at most`,
  );
}

/** The random numbers of one purpose in one trial: switching one purpose on shifts no other. */
export function trialStream(job: TrainingJob, ...purpose: readonly (string | number)[]): Stream {
  return new Stream(trialKey(job, ...purpose));
}

/** The key of `trialStream`, for kernels that draw by themselves. */
export function trialKey(
  { searchSeed, trialNumber }: TrainingJob,
  ...purpose: readonly (string | number)[]
): StreamKey {
  return streamKey(searchSeed, 'trial', trialNumber, ...purpose);
}
