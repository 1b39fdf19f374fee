import { createHash } from 'node:crypto';
import { planSearch } from '@caviar/search';
import { DEFAULT_PROJECT, type Search, type SearchSpecInput } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { newId } from '../ids.js';
import type { NewSearch } from '../ports/search-store.js';
import { advanceSearch } from './advance-search.js';
import { checkQuotas } from './check-quotas.js';
import { completeSpec } from './complete-spec.js';
import { gatherPrior } from './warm-start.js';

/** Checks, stores and starts a search. With an idempotency key, the same body a second time gives the first search. */
export async function createSearch(
  deps: Deps,
  input: SearchSpecInput,
  {
    idempotencyKey,
    project = DEFAULT_PROJECT,
    forkedFrom,
  }: {
    readonly idempotencyKey?: string | undefined;
    readonly project?: string | undefined;
    readonly forkedFrom?: NewSearch['forkedFrom'];
  } = {},
): Promise<{ readonly search: Search; readonly created: boolean }> {
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
    idempotency:
      idempotencyKey === undefined ? null : { key: `${project}:${idempotencyKey}`, requestHash: hashOf(input) },
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

/** The same for bodies that differ in the order of keys alone. */
function hashOf(input: SearchSpecInput): string {
  return createHash('sha256')
    .update(JSON.stringify(sortKeys(input)))
    .digest('hex');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [key, sortKeys(inner)]);
}
