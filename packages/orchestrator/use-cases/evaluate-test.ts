import type { LineageSegment, Search, TestEvaluation, TrainerSpec } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import type { WorkerTaskResult } from '../ports/task-runner.js';
import { getSearch } from './read-searches.js';

/**
 * Opens the sealed test set for a search's winner, once; afterwards gives what it said then. A worker trains the winner again,
 * to the same bits, and evaluates it; a caller who does not wait so long finds the result with the next call.
 */
export async function evaluateTest(
  deps: Pick<Deps, 'searches' | 'evaluations' | 'tasks'>,
  searchId: string,
): Promise<TestEvaluation> {
  const search = await getSearch(deps, searchId);
  const stored = await deps.evaluations.find(searchId);
  if (stored !== null) return stored;
  winnerOf(search);
  const result = await deps.tasks.run({ kind: 'test-evaluation', searchId });
  if (result.kind === 'refused') throw nothing(result.message);
  const evaluation = await deps.evaluations.find(searchId);
  if (evaluation === null) throw new DomainError('unavailable', 'The evaluation was not stored; try again');
  return evaluation;
}

/** The trial that a search chose; throws when there is none to evaluate. */
function winnerOf({ status, spec, best }: Search) {
  if (status === 'running' || status === 'paused') {
    throw new DomainError('search-not-ended', `The search is ${status}: the test set stays sealed until it has ended`);
  }
  if (spec.trainer.kind !== 'mlp') throw nothing(`the trainer ${spec.trainer.kind} has no test set`);
  if (best === null) throw nothing('the search has no winner');
  return { trainer: spec.trainer, best };
}

/** What a worker needs to train a winner again and evaluate it. */
export interface EvaluationJob {
  readonly trainer: TrainerSpec;
  readonly searchSeed: number;
  readonly lineage: readonly LineageSegment[];
}

/** Trains a lineage again and evaluates its last network on the test set. */
export type Evaluate = (job: EvaluationJob) => Promise<
  | {
      readonly kind: 'evaluated';
      readonly rows: number;
      readonly loss: number;
      readonly error: number;
      readonly errorName: string;
    }
  | { readonly kind: 'refused'; readonly message: string }
>;

/** The worker's side: goes by what is stored of the search, and stores the answer. */
export async function performTestEvaluation(
  deps: Pick<Deps, 'searches' | 'evaluations' | 'logger'>,
  searchId: string,
  evaluate: Evaluate,
): Promise<WorkerTaskResult> {
  if ((await deps.evaluations.find(searchId)) !== null) return { kind: 'done' };
  const search = await getSearch(deps, searchId);
  const { trainer, best } = winnerOf(search);
  const lineage = await deps.evaluations.lineage(best.trialId);
  const result = await evaluate({ trainer, searchSeed: search.seed, lineage });
  if (result.kind === 'refused') return { kind: 'refused', path: [], message: result.message };
  const { rows, loss, error, errorName } = result;
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  const metrics = { [errorName]: finite(error), 'test.loss': finite(loss) };
  await deps.evaluations.keep(searchId, { trialId: best.trialId, number: best.number, rows, metrics });
  deps.logger.info({ searchId, trialId: best.trialId, ...metrics }, 'test set opened');
  return { kind: 'done' };
}

function nothing(why: string): DomainError {
  return new DomainError('nothing-to-evaluate', `There is nothing to evaluate: ${why}`);
}
