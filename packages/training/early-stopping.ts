import type { Metrics } from '@caviar/spec';
import { devError } from './measure.js';
import type { Setup } from './setup.js';
import type { Progress } from './train.js';

/** The best epoch so far. Its weights lie in the arena. */
export interface BestEpoch {
  readonly epoch: number;
  readonly error: number;
  readonly loss: number;
  readonly batchNormPower: number;
}

/**
 * Stops training half way (seed 1.6): when the dev error, and at equal error the dev loss, has not improved for `patience`
 * epochs. The weights of the best epoch are kept, and put back at the end.
 */
export class EarlyStopping {
  best: BestEpoch | null = null;
  readonly #setup: Setup;

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  /** Takes note of an epoch; returns whether patience is at its end. */
  observe(epoch: number, metrics: Metrics, { batchNormPower }: Progress): boolean {
    const error = devError(metrics) ?? Number.POSITIVE_INFINITY;
    const loss = metrics['dev.loss'] ?? Number.POSITIVE_INFINITY;
    const { best } = this;
    if (best === null || error < best.error || (error === best.error && loss < best.loss)) {
      this.best = { epoch, error, loss, batchNormPower };
      this.#copy('keep');
      return false;
    }
    return epoch - best.epoch >= this.#setup.params.patience;
  }

  /** Puts the best epoch's weights and running averages back. */
  restore(progress: Progress): void {
    if (this.best === null) return;
    this.#copy('restore');
    progress.batchNormPower = this.best.batchNormPower;
  }

  #copy(direction: 'keep' | 'restore'): void {
    const { layout, workspace, regions } = this.#setup;
    const pairs = [
      [layout.parameters, regions.best, layout.parameterCount],
      [layout.statistics, regions.best + layout.parameterCount, layout.statisticsCount],
    ] as const;
    for (const [live, kept, length] of pairs) {
      const [from, to] = direction === 'keep' ? [live, kept] : [kept, live];
      workspace.floats.copyWithin(to, from, from + length);
    }
  }
}
