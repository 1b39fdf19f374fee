import { type StreamKey, streamKey, uint32At } from '@caviar/numerics';
import type { OptimizerStep } from './engine/kernels.js';
import { batchGradients } from './objective.js';
import type { StepScalars } from './optim/optimizer.js';
import { OPTIMIZERS } from './optim/registry.js';
import { type Setup, trialStream } from './setup.js';

/** What changes from step to step beside the arena; with the arena's weights and moments it is the whole state. */
export interface Progress {
  /** Epochs finished. */
  epoch: number;
  /** Optimiser steps taken. */
  step: number;
  /** beta1^step and beta2^step, as running products. */
  beta1Power: number;
  beta2Power: number;
}

/** Takes optimiser steps. Allocates nothing from one batch to the next. */
export class Trainer {
  readonly progress: Progress = { epoch: 0, step: 0, beta1Power: 1, beta2Power: 1 };
  readonly #setup: Setup;
  readonly #optimizerStep: OptimizerStep;
  readonly #scalars: StepScalars = [0, 0, 0, 0, 0];
  readonly #drops: boolean;
  readonly #dropoutKey: StreamKey;
  readonly #layerKeys: Int32Array;

  constructor(setup: Setup) {
    const { job, params, workspace } = setup;
    this.#setup = setup;
    this.#optimizerStep = workspace.kernels.optimizerStep(params.optimizer);
    this.#drops = params.inputKeepProb < 1 || params.keepProbs.some((keepProb) => keepProb < 1);
    this.#dropoutKey = streamKey(job.searchSeed, 'trial', job.trialNumber, 'dropout');
    this.#layerKeys = new Int32Array(2 * (params.hiddenUnits.length + 1));
  }

  /**
   * One pass over the training rows in a new order (seed 2.1). Stops before the update of the first batch whose loss is
   * not finite, and says so by returning false.
   */
  runEpoch(): boolean {
    const { train, order, orderView, batchSize, job } = this.#setup;
    for (let i = 0; i < train.count; i++) orderView[i] = i;
    trialStream(job, 'shuffle', this.progress.epoch).shuffle(orderView);
    for (let start = 0; start < train.count; start += batchSize) {
      const rows = Math.min(batchSize, train.count - start);
      const loss = batchGradients(this.#setup, { index: order + start, rows }, this.#drawLayerKeys());
      if (!Number.isFinite(loss)) return false;
      this.#update();
    }
    this.progress.epoch++;
    return true;
  }

  #update(): void {
    const { params, layout } = this.#setup;
    const { progress } = this;
    progress.step++;
    progress.beta1Power *= params.beta1;
    progress.beta2Power *= params.beta2;
    const s = this.#scalars;
    OPTIMIZERS[params.optimizer].scalars(params, progress, s);
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

  #drawLayerKeys(): Int32Array {
    const keys = this.#layerKeys;
    if (this.#drops) {
      const base = this.progress.step * keys.length;
      for (let i = 0; i < keys.length; i++) keys[i] = uint32At(this.#dropoutKey, base + i);
    }
    return keys;
  }
}
