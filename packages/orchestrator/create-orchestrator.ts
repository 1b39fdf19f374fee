import { previewSearch } from '@caviar/search';
import type { Deps } from './deps.js';
import { DomainError } from './errors.js';
import { createExternalDesk } from './external/create-external-desk.js';
import type { Orchestrator } from './orchestrator.js';
import { createBoards } from './use-cases/boards.js';
import { cancelTrial } from './use-cases/cancel-trial.js';
import { cancelSearch, deleteSearch, pauseSearch, resumeSearch } from './use-cases/change-search-status.js';
import { checkGradients } from './use-cases/check-gradients.js';
import { completeSpec } from './use-cases/complete-spec.js';
import { createSearch } from './use-cases/create-search.js';
import { createDataset, deleteDataset, getDataset, listDatasets, uploadAllowance } from './use-cases/datasets.js';
import { diagnoseSearch, diagnoseTrial } from './use-cases/diagnose.js';
import { createCharts } from './use-cases/draw-charts.js';
import { readLog } from './use-cases/edit-log.js';
import { editTrial } from './use-cases/edit-trial.js';
import { evaluateTest } from './use-cases/evaluate-test.js';
import { createExplainer } from './use-cases/explain-search.js';
import { createChangesFollower } from './use-cases/follow-changes.js';
import { createFollower, getHistory } from './use-cases/follow-events.js';
import { forkTrial } from './use-cases/fork-trial.js';
import { createKey, findKey, revokeKey } from './use-cases/keys.js';
import { getModel } from './use-cases/models.js';
import { patchSearch } from './use-cases/patch-search.js';
import { pauseTrial, resumeTrial } from './use-cases/pause-trial.js';
import { presentCurve } from './use-cases/read-curve.js';
import { exportTrials, getSearch } from './use-cases/read-searches.js';
import { rewindTrial } from './use-cases/rewind-trial.js';
import { gatherPrior } from './use-cases/warm-start.js';
import { createWebhook, deleteWebhook, listWebhooks } from './use-cases/webhooks.js';

/** The use cases bound to what they stand on. */
export function createOrchestrator(deps: Deps): Orchestrator {
  const getTrial = async (id: string) => {
    const trial = await deps.trials.get(id);
    if (trial === null) throw new DomainError('trial-not-found', `There is no trial ${id}`);
    return trial;
  };
  return {
    external: createExternalDesk(deps),
    charts: createCharts(deps),
    createSearch: (spec, options) => createSearch(deps, spec, options),
    previewSearch: async (input, project) => {
      const spec = await completeSpec(deps, input, project);
      await gatherPrior(deps, spec, project); // refuses what `createSearch` would
      return { spec, ...previewSearch(spec) };
    },
    getSearch: (id) => getSearch(deps, id),
    listSearches: (query) => deps.searches.list(query),
    patchSearch: (id, patch) => patchSearch(deps, id, patch),
    pauseSearch: (id) => pauseSearch(deps, id),
    resumeSearch: (id) => resumeSearch(deps, id),
    cancelSearch: (id) => cancelSearch(deps, id),
    deleteSearch: (id) => deleteSearch(deps, id),
    ...createBoards(deps),
    listTrials: async (searchId, query) => {
      await getSearch(deps, searchId);
      return deps.trials.list(searchId, query);
    },
    exportTrials: (searchId) => exportTrials(deps, searchId),
    getTrial,
    trialHistory: (id) => getHistory(deps, id),
    followEvents: createFollower(deps),
    followChanges: createChangesFollower(deps),
    cancelTrial: (id) => cancelTrial(deps, id),
    pauseTrial: (id) => pauseTrial(deps, id),
    resumeTrial: (id) => resumeTrial(deps, id),
    editTrial: async (id, params, actor) => editTrial(deps, await getTrial(id), { params, actor }),
    forkTrial: async (id, options) => forkTrial(deps, await getTrial(id), options),
    rewindTrial: async (id, step, actor) => rewindTrial(deps, await getTrial(id), { step, actor }),
    trialEdits: async (id) => readLog(deps, await getTrial(id)),
    measurements: async (trialId, query) => {
      await getTrial(trialId);
      const { supersededBy } = query;
      const taken = supersededBy === undefined ? null : await deps.edits.superseded(trialId, supersededBy);
      return presentCurve(taken ?? (await deps.trials.measurements(trialId)), query);
    },
    getModel: (trialId) => getModel(deps, trialId),
    evaluateTest: (id) => evaluateTest(deps, id),
    checkGradients: (request, project) => checkGradients(deps, request, project),
    diagnoseTrial: (id, options) => diagnoseTrial(deps, id, options),
    diagnoseSearch: (id, options) => diagnoseSearch(deps, id, options),
    explainSearch: createExplainer(deps),
    createKey: (wanted) => createKey(deps, wanted),
    findKey: (key) => findKey(deps, key),
    listKeys: (query) => deps.keys.list(query),
    revokeKey: (id) => revokeKey(deps, id),
    projectOf: (kind, id) => {
      if (kind === 'webhook') return deps.webhooks.projectOf(id);
      return kind === 'search' ? deps.keys.projectOfSearch(id) : deps.keys.projectOfTrial(id);
    },
    createWebhook: (searchId, wanted) => createWebhook(deps, searchId, wanted),
    listWebhooks: (searchId) => listWebhooks(deps, searchId),
    deleteWebhook: (id) => deleteWebhook(deps, id),
    listWorkers: (query) => deps.workers.list(query),
    releaseWorker: async (id) => {
      if (!(await deps.workers.release(id))) throw new DomainError('worker-not-found', `There is no worker ${id}`);
      deps.logger.info({ workerId: id }, 'quarantine lifted');
    },
    listDatasets: (project) => listDatasets(deps, project),
    getDataset: (idOrName, viewer) => getDataset(deps, idOrName, viewer),
    uploadAllowance: (project) => uploadAllowance(deps, project),
    createDataset: (dataset, project) => createDataset(deps, dataset, project),
    deleteDataset: (idOrName, viewer) => deleteDataset(deps, idOrName, viewer),
  };
}
