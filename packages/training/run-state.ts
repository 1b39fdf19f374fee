import type { ParamChange } from '@caviar/spec';
import { changesIn } from './changes.js';
import { readCheckpointArrays, readCheckpointHeader, writeCheckpoint } from './checkpoint.js';
import type { BestEpoch } from './early-stopping.js';
import { TrainingInputError, type TrainingStep } from './job.js';
import type { Setup } from './setup.js';
import type { Progress } from './train.js';

/** How a run ended. */
export type End = Extract<TrainingStep, { kind: 'end' }>;

/** What a run knows beside the numbers in its arena. */
export interface RunState {
  readonly progress: Readonly<Progress>;
  readonly end: End | null;
  readonly best: BestEpoch | null;
  /** Hyperparameters changed by hand on the way. */
  readonly changes: readonly ParamChange[];
}

/** The whole state as one buffer; see `TrainingRun.checkpoint`. */
export function saveRun(setup: Setup, state: RunState): Uint8Array {
  const { trialNumber } = setup.job;
  return writeCheckpoint({ header: { ...identity(setup), trialNumber, ...state }, arrays: stateArrays(setup) });
}

/** Puts the arena's part of a checkpoint in place. Throws TrainingInputError for the checkpoint of another job. */
export function restoreRun(checkpoint: Uint8Array, setup: Setup): RunState {
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
  // Written by saveRun of this version: readCheckpointHeader has seen to that.
  const { progress, end, best } = header as unknown as RunState;
  return {
    progress,
    end,
    best: best === null ? null : readBest(best),
    changes: changesIn(header, setup.job.trialNumber),
  };
}

/** JSON has no infinity: what an epoch without a finite dev loss counts as became null. */
function readBest(best: BestEpoch): BestEpoch {
  return { ...best, error: best.error ?? Number.POSITIVE_INFINITY, loss: best.loss ?? Number.POSITIVE_INFINITY };
}

/**
 * What a checkpoint must agree on with the job. Parameters such as the learning rate may differ: people turn them. So may
 * the trial: one that population based training makes out of another goes on from there with random numbers of its own.
 */
function identity({ job, layout, params, dataset }: Setup) {
  return {
    trainer: 'mlp',
    searchSeed: job.searchSeed,
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
