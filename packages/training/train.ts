import { type StreamKey, streamKey, uint32At } from '@caviar/numerics';
import type { OptimizerStep } from './engine/kernels.js';
import type { TrainingPass } from './model/network.js';
import { batchGradients } from './objective.js';
import { learningRateAt } from './optim/learning-rate.js';
import type { OptimizerSettings, StepScalars } from './optim/optimizer.js';
import { OPTIMIZERS } from './optim/registry.js';
import { type Setup, trialKey } from './setup.js';

/** What changes from step to step beside the arena; with the arena's weights and moments it is the whole state. */
export interface Progress {
  /** Epochs finished. */
  epoch: number;
  /** Optimiser steps taken. */
  step: number;
  /** beta1^step and beta2^step, as running products. */
  beta1Power: number;
  beta2Power: number;
  /** batchNormMomentum^step: how far the running averages are still biased towards 0. */
  batchNormPower: number;
}

/** Takes optimiser steps. */
export class Trainer {
  readonly progress: Progress = { epoch: 0, step: 0, beta1Power: 1, beta2Power: 1, batchNormPower: 1 };
  /** Examples that the last epoch has trained on. */
  samples = 0;
  readonly #setup: Setup;
  readonly #optimizerStep: OptimizerStep;
  readonly #scalars: StepScalars = [0, 0, 0, 0, 0];
  readonly #drops: boolean;
  readonly #dropoutKey: StreamKey;
  readonly #pass: TrainingPass;

  constructor(setup: Setup) {
    const { job, params, workspace } = setup;
    this.#setup = setup;
    this.#optimizerStep = workspace.kernels.optimizerStep(params.optimizer);
    this.#drops = params.inputKeepProb < 1 || params.keepProbs.some((keepProb) => keepProb < 1);
    this.#dropoutKey = streamKey(job.searchSeed, 'trial', job.trialNumber, 'dropout');
    this.#pass = trainingPass(setup);
  }

  /**
   * One pass over the training rows in a new order (seed 2.1). Stops before the update of the first batch whose loss is
   * not finite, and says so by returning false.
   */
  runEpoch(): boolean {
    const { train, order, batchSize, job, workspace, params, augmenter, augmented } = this.#setup;
    const { beta1, beta2, epsilon } = params;
    const settings = { learningRate: learningRateAt(params, this.progress.epoch + 1), beta1, beta2, epsilon };
    const { low, high } = trialKey(job, 'shuffle', this.progress.epoch);
    workspace.kernels.permute(order, train.count, low, high);
    augmenter?.startEpoch(this.progress.epoch);
    this.samples = 0;
    for (let start = 0; start < train.count; start += batchSize) {
      const rows = Math.min(batchSize, train.count - start);
      // A last batch of one example has no variance to normalise by: its turn comes in another epoch's order.
      if (rows === 1 && params.batchNorm) break;
      this.#drawDropoutKeys();
      augmenter?.apply(order + start, rows);
      const loss = batchGradients(this.#setup, { index: order + start, rows, augmented }, this.#pass);
      if (!Number.isFinite(loss)) return false;
      this.#clip();
      this.#update(settings);
      this.samples += rows;
    }
    this.progress.epoch++;
    return true;
  }

  /** Shortens a gradient that is longer than `gradientClip`, keeping its direction. */
  #clip(): void {
    const { params, layout, workspace } = this.#setup;
    if (params.gradientClip === null) return;
    const norm = Math.sqrt(workspace.kernels.sumOfSquares(layout.gradients, layout.parameterCount));
    if (norm > params.gradientClip) {
      workspace.kernels.scale(layout.gradients, layout.parameterCount, params.gradientClip / norm);
    }
  }

  #update(settings: OptimizerSettings): void {
    const { params, layout } = this.#setup;
    const { progress } = this;
    progress.step++;
    progress.beta1Power *= params.beta1;
    progress.beta2Power *= params.beta2;
    progress.batchNormPower *= params.batchNormMomentum;
    const s = this.#scalars;
    OPTIMIZERS[params.optimizer].scalars(settings, progress, s);
    const { parameters, gradients, firstMoments, secondMoments, parameterCount } = layout;
    this.#optimizerStep(
      parameters,
      gradients,
      firstMoments,
      secondMoments,
      parameterCount,
      s[0],
      s[1],
      s[2],
      s[3],
      s[4],
    );
  }

  #drawDropoutKeys(): void {
    if (!this.#drops) return;
    const { keys } = this.#pass;
    const base = this.progress.step * 2 * keys.length;
    keys.forEach((key, l) => {
      key[0] = uint32At(this.#dropoutKey, base + 2 * l) | 0;
      key[1] = uint32At(this.#dropoutKey, base + 2 * l + 1) | 0;
    });
  }
}

/** A training pass whose dropout keys are yet to be drawn. */
export function trainingPass({ layout, params }: Setup): TrainingPass {
  return {
    keys: [null, ...layout.layers].map((): [number, number] => [0, 0]),
    momentum: params.batchNormMomentum,
  };
}
