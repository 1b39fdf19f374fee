import type { Dataset, Metrics, ParamChange, Params, TrainerSpec } from '@caviar/spec';

/** Everything a training run depends on; the same job gives the same numbers bit for bit. */
export interface TrainingJob {
  /** Which trainer; for `mlp` with its `split` filled in. The spec's own `params` are not read: see `params`. */
  readonly trainer: TrainerSpec;
  /** Fixed and searched parameters merged. Those that are absent take the trainer's defaults. */
  readonly params: Params;
  /** Decides the split, which every trial of a search shares. */
  readonly searchSeed: number;
  /** With the search seed it decides first weights, order of the examples, dropout and augmentation. */
  readonly trialNumber: number;
  /** The rows; null for trainers that need none. */
  readonly dataset: Dataset | null;
  /** Changes to make on the way, in order: the log of an earlier run, to have the same bits once more. Default none. */
  readonly changes?: readonly ParamChange[];
}

export type TrainingStep =
  | {
      readonly kind: 'measurement';
      readonly step: number;
      readonly metrics: Metrics;
      /** Training examples that went through the optimiser since the last measurement; null for trainers without any. */
      readonly samples: number | null;
    }
  | { readonly kind: 'end'; readonly status: 'completed' | 'infeasible'; readonly reason: string | null };

/** A run that the caller drives, and may drop after any step. */
export interface TrainingRun {
  /**
   * Computes up to and including the next measurement (an epoch; for `quadratic` a tenth of the steps). After the last
   * one it returns `end`, and goes on returning it. A loss that is not finite ends the run as infeasible, after one
   * last measurement that has null where a value is not finite.
   */
  next(): TrainingStep;
  /**
   * The exact state after the last measurement, as one buffer; `startTraining` goes on from it bit for bit. It carries
   * the changes made so far, which lie over the params of the job that it is restored for.
   */
  checkpoint(): Uint8Array;
  /**
   * Changes hyperparameters from the next step on: what is trained from here is what a run restored from `checkpoint()`
   * under the changed params would train. A decaying learning rate goes on counting epochs from the first. Throws
   * TrainingInputError, and changes nothing, for what cannot be changed (`changeable` in the trainer's descriptor), for a
   * value out of range and for a run that has ended.
   */
  change(params: Params): void;
  /** All changes made so far, in order. As `changes` of a job they give the same bits again. */
  changes(): readonly ParamChange[];
  /** Gives its memory to the next run of this thread. A run that was released can do nothing more. */
  release(): void;
}

/** A job that makes no sense: the caller should correct `path` (keys from the job's root) and not try again. */
export class TrainingInputError extends Error {
  override readonly name = 'TrainingInputError';
  readonly path: readonly (string | number)[];

  constructor(path: readonly (string | number)[], message: string) {
    super(message);
    this.path = path;
  }
}
