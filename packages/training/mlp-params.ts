import type { Params } from '@caviar/spec';
import { findTrainer } from '@caviar/spec/plain';
import type { Augmentation, AugmentationChoice } from './data/augment.js';
import type { Activation } from './engine/kernels.js';
import { TrainingInputError } from './job.js';
import type { Initialization } from './model/initialize.js';
import type { LearningRateSchedule, LrDecay } from './optim/learning-rate.js';
import type { OptimizerSettings } from './optim/optimizer.js';
import type { OptimizerName } from './optim/registry.js';
import { completeParams } from './params.js';

/** The mlp trainer's parameters, checked, with layers counted out. */
export interface MlpParams extends LearningRateSchedule, OptimizerSettings {
  readonly hiddenUnits: readonly number[];
  readonly activation: Activation;
  readonly initialization: Initialization;
  readonly initScale: number;
  readonly optimizer: OptimizerName;
  readonly batchSize: number | 'full';
  readonly epochs: number;
  readonly l1: number;
  readonly l2: number;
  /** One per hidden layer. */
  readonly keepProbs: readonly number[];
  readonly inputKeepProb: number;
  readonly batchNorm: boolean;
  readonly batchNormMomentum: number;
  readonly earlyStopping: boolean;
  readonly patience: number;
  /** Greatest length of the gradient; null for any. */
  readonly gradientClip: number | null;
  readonly classWeights: 'none' | 'balanced' | readonly number[];
  readonly augmentation: AugmentationChoice;
  readonly normalizeInputs: boolean;
  readonly normalizeTargets: boolean;
}

/** Throws TrainingInputError for a value out of range and for values that do not fit each other. */
export function readMlpParams(given: Params): MlpParams {
  const descriptor = findTrainer('mlp')!;
  const params = completeParams(descriptor, given);
  const [conflict] = descriptor.conflicts!(given, new Set());
  if (conflict !== undefined) throw new TrainingInputError(['params', conflict.name], conflict.message);
  const units = params['hiddenUnits'] as number | readonly number[];
  const layers = params['hiddenLayers'] as number;
  const hiddenUnits = typeof units === 'number' ? new Array<number>(layers).fill(units) : units;
  return {
    hiddenUnits,
    activation: params['activation'] as Activation,
    initialization: params['initialization'] as Initialization,
    initScale: params['initScale'] as number,
    optimizer: params['optimizer'] as OptimizerName,
    learningRate: params['learningRate'] as number,
    lrDecay: params['lrDecay'] as LrDecay,
    decayRate: params['decayRate'] as number | null,
    decaySteps: params['decaySteps'] as number,
    beta1: params['beta1'] as number,
    beta2: params['beta2'] as number,
    epsilon: params['epsilon'] as number,
    batchSize: params['batchSize'] as number | 'full',
    epochs: params['epochs'] as number,
    l1: params['l1'] as number,
    l2: params['l2'] as number,
    keepProbs: perLayer(params['keepProb'] as number | readonly number[], hiddenUnits.length),
    inputKeepProb: params['inputKeepProb'] as number,
    batchNorm: params['batchNorm'] as boolean,
    batchNormMomentum: params['batchNormMomentum'] as number,
    earlyStopping: params['earlyStopping'] as boolean,
    patience: params['patience'] as number,
    gradientClip: params['gradientClip'] as number | null,
    classWeights: params['classWeights'] as 'none' | 'balanced' | readonly number[],
    augmentation: {
      kinds: augmentationKinds(params['augmentation'] as 'none' | Augmentation | readonly Augmentation[]),
      strength: params['augmentationStrength'] as number,
    },
    normalizeInputs: params['normalizeInputs'] as boolean,
    normalizeTargets: params['normalizeTargets'] as boolean,
  };
}

function augmentationKinds(value: 'none' | Augmentation | readonly Augmentation[]): readonly Augmentation[] {
  if (value === 'none') return [];
  return typeof value === 'string' ? [value] : value;
}

function perLayer(value: number | readonly number[], layers: number): readonly number[] {
  return typeof value === 'number' ? new Array<number>(layers).fill(value) : value;
}
