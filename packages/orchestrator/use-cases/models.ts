import type { LineageSegment, Metrics, TrainerSpec, Trial, TrialStatus } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import type { WorkerTaskResult } from '../ports/task-runner.js';
import { getSearch } from './read-searches.js';

/** Networks of a search that are kept, the newest ones. */
const KEPT_PER_SEARCH = 20;

/** Ended by what they measured: what comes of training them again is known. */
const HAVE_NETWORKS: readonly TrialStatus[] = ['completed', 'pruned'];

type ModelDeps = Pick<Deps, 'searches' | 'trials' | 'models' | 'tasks'>;

/**
 * The network of a trial, as safetensors; of a pruned one, which may well lead the board, as it was when it was stopped. Weights
 * are not kept by the way: a worker trains the trial again, to the same bits, when somebody asks for it, and what comes of it is
 * kept. A caller who does not wait so long finds it with the next call.
 */
export async function getModel(
  deps: ModelDeps,
  trialId: string,
): Promise<{ readonly trial: Trial; readonly data: Uint8Array }> {
  const trial = await trainedTrial(deps, trialId);
  const stored = await deps.models.find(trialId);
  if (stored !== null) return { trial, data: stored };
  const result = await deps.tasks.run({ kind: 'train-model', trialId });
  if (result.kind === 'refused') throw nothing(result.message);
  const data = await deps.models.find(trialId);
  if (data === null) throw new DomainError('unavailable', 'The network was not stored; try again');
  return { trial, data };
}

async function trainedTrial(deps: Pick<Deps, 'searches' | 'trials'>, trialId: string): Promise<Trial> {
  const trial = await deps.trials.get(trialId);
  if (trial === null) throw new DomainError('trial-not-found', `There is no trial ${trialId}`);
  if (!HAVE_NETWORKS.includes(trial.status)) throw nothing(`the trial is ${trial.status}, not completed or pruned`);
  const { trainer } = (await getSearch(deps, trial.searchId)).spec;
  if (trainer.kind !== 'mlp') throw nothing(`the trainer ${trainer.kind} makes no network that is known here`);
  return trial;
}

/** Trains a lineage again; `expected` are the metrics that its end had. */
export type TrainModel = (job: {
  readonly trainer: TrainerSpec;
  readonly searchSeed: number;
  readonly lineage: readonly LineageSegment[];
  readonly expected: Metrics;
}) => Promise<
  | { readonly kind: 'trained'; readonly data: Uint8Array; readonly isExact: boolean }
  | { readonly kind: 'refused'; readonly message: string }
>;

/** The worker's side: goes by what is stored of the trial, and stores the network. */
export async function performModelTraining(
  deps: Pick<Deps, 'searches' | 'trials' | 'evaluations' | 'models' | 'logger'>,
  trialId: string,
  train: TrainModel,
): Promise<WorkerTaskResult> {
  if ((await deps.models.find(trialId)) !== null) return { kind: 'done' };
  const trial = await trainedTrial(deps, trialId);
  const { spec, seed } = await getSearch(deps, trial.searchId);
  const lineage = await deps.evaluations.lineage(trialId);
  const result = await train({ trainer: spec.trainer, searchSeed: seed, lineage, expected: trial.metrics });
  if (result.kind === 'refused') return { kind: 'refused', path: [], message: result.message };
  if (!result.isExact) deps.logger.warn({ trialId }, 'a trial came to other bits when it was trained again');
  await deps.models.keep(trialId, result.data, KEPT_PER_SEARCH);
  deps.logger.info({ trialId, bytes: result.data.length }, 'network stored');
  return { kind: 'done' };
}

function nothing(why: string): DomainError {
  return new DomainError('no-model', `There is no network to give: ${why}`);
}
