import { planSearch } from '@caviar/search';
import { DEFAULT_PROJECT, type SearchSpecInput } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { newId } from '../ids.js';
import type { NewSearch } from '../ports/search-store.js';
import { advanceSearch } from './advance-search.js';
import { checkQuotas } from './check-quotas.js';
import { completeSpec } from './complete-spec.js';
import { identify, type MadeSearch, onceByKey } from './once-by-key.js';
import { gatherPrior } from './warm-start.js';

/** Checks, stores and starts a search. With an idempotency key, the same body a second time gives the first search. */
export async function createSearch(
  deps: Deps,
  input: SearchSpecInput,
  {
    idempotencyKey,
    project = DEFAULT_PROJECT,
  }: { readonly idempotencyKey?: string | undefined; readonly project?: string | undefined } = {},
): Promise<MadeSearch> {
  const idempotency = identify(idempotencyKey, project, input);
  return onceByKey(deps, idempotency, () => makeSearch(deps, input, { project, idempotency }));
}

export async function makeSearch(
  deps: Deps,
  input: SearchSpecInput,
  { project, idempotency, forkedFrom }: Pick<NewSearch, 'project' | 'idempotency' | 'forkedFrom'>,
): Promise<MadeSearch> {
  const spec = await completeSpec(deps, input, project);
  await checkQuotas(deps, project, spec.parallelism);
  const plan = planSearch(spec);
  const { search, created } = await deps.searches.create({
    id: newId('srch'),
    spec,
    project,
    forkedFrom,
    plannedTotal: plan.totalTrials,
    roundCount: plan.rounds.length,
    prior: await gatherPrior(deps, spec, project),
    idempotency,
  });
  if (!created) return { search, created };
  deps.logger.info({ searchId: search.id, trainer: spec.trainer.kind, sampler: spec.sampler.kind }, 'search created');
  try {
    await advanceSearch(deps, search.id);
  } catch (error) {
    // The search is stored: the reconciler starts it.
    deps.logger.warn({ searchId: search.id, err: error }, 'the new search could not be started at once');
    return { search, created };
  }
  return { search: (await deps.searches.get(search.id)) ?? search, created };
}
