import { type Diagnosis, DiagnosisError, diagnose, nextSearch } from '@caviar/diagnosis';
import { type DatasetInfo, defaultSplit, partRows, partSources, type Search, type Trial } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import type { DiagnosisOptions, SearchDiagnosis, TrialDiagnosis } from '../orchestrator.js';
import { findDataset } from './datasets.js';
import { presentParams } from './edit-log.js';
import { getSearch } from './read-searches.js';

/** Trials that the next search is made from, best first. */
const JUDGED_TRIALS = 1_000;

/** Bias and variance of one trial, and the basic recipe's next steps (seed 1.2, 1.3). */
export async function diagnoseTrial(deps: Deps, id: string, options: DiagnosisOptions): Promise<TrialDiagnosis> {
  const trial = await deps.trials.get(id);
  if (trial === null) throw new DomainError('trial-not-found', `There is no trial ${id}`);
  const search = await getSearch(deps, trial.searchId);
  return { trialId: id, searchId: search.id, ...(await examine(deps, { search, trial, options })).diagnosis };
}

/** The diagnosis of a search's best trial, and the search to make next. */
export async function diagnoseSearch(deps: Deps, id: string, options: DiagnosisOptions): Promise<SearchDiagnosis> {
  const search = await getSearch(deps, id);
  const board = await deps.trials.leaderboard(id, { limit: JUDGED_TRIALS });
  const trials = (board?.entries ?? []).map(({ trial }) => trial);
  const [best] = trials;
  if (best === undefined) throw nothing('no trial of the search has ended yet');
  const { diagnosis, dataset } = await examine(deps, { search, trial: best, options });
  // The value of one that was changed by hand is not that of its params.
  const judged = trials.filter(({ editedFrom }) => editedFrom === null);
  const next = nextSearch({ spec: search.spec, trials: judged, diagnosis, isImage: dataset.image !== null });
  return { trialId: best.id, searchId: id, ...diagnosis, nextSearch: next.spec, changes: next.changes };
}

async function examine(
  deps: Deps,
  { search, trial, options }: { readonly search: Search; readonly trial: Trial; readonly options: DiagnosisOptions },
): Promise<{ readonly diagnosis: Diagnosis; readonly dataset: DatasetInfo }> {
  const { trainer } = search.spec;
  if (trainer.kind !== 'mlp') throw nothing(`the trainer ${trainer.kind} has no train and dev error`);
  const dataset = await findDataset(deps, trainer.dataset, null);
  if (dataset === null) throw nothing(`the data set ${trainer.dataset} is gone`);
  const split = trainer.split ?? defaultSplit(dataset);
  if (trial.status === 'infeasible')
    throw nothing(`trial ${trial.number} ${trial.reason ?? 'is infeasible'}. ${AFTER_DIVERGENCE}`);
  const params = await presentParams(deps, search, trial);
  const curve = await deps.trials.measurements(trial.id);
  try {
    const diagnosis = diagnose({
      dataset,
      rows: partRows(dataset, split),
      sources: partSources(dataset, split),
      metrics: trial.metrics,
      params,
      curve,
      bayesError: options.bayesError,
    });
    return { diagnosis, dataset };
  } catch (error) {
    if (error instanceof DiagnosisError) throw nothing(error.message);
    throw error;
  }
}

/** Seed 1.7, 1.8 and 3.2. */
const AFTER_DIVERGENCE =
  'Search lower learning rates on a logarithmic scale, keep normalizeInputs on, or set gradientClip.';

const nothing = (why: string) => new DomainError('nothing-to-diagnose', `There is nothing to diagnose: ${why}`);
