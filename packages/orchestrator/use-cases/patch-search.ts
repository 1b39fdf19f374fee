import { checkSampler, planSearch } from '@caviar/search';
import { checkSearchSpec, type Search, type SearchSpec } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import type { SearchPatch } from '../orchestrator.js';
import { advanceSearch } from './advance-search.js';
import { specContext } from './complete-spec.js';

/** Changes a search from the next trial on. Trials that exist stay as they are; `stop` replaces the whole of it. */
export async function patchSearch(deps: Deps, id: string, patch: SearchPatch): Promise<Search> {
  const state = await deps.searches.getForAdvance(id);
  if (state === null) throw new DomainError('search-not-found', `There is no search ${id}`);
  const { name, notes, parallelism, stop, space } = patch;
  const change: Partial<SearchSpec> = {
    ...(name === undefined ? {} : { name }),
    ...(parallelism === undefined ? {} : { parallelism }),
    ...(stop === undefined ? {} : { stop }),
    ...(space === undefined ? {} : { space }),
  };
  const spec = { ...state.search.spec, ...change };
  const checked = checkSearchSpec(spec, specContext(deps, spec));
  const issues = checked.length > 0 ? checked : checkSampler(spec);
  if (issues.length > 0) throw new DomainError('invalid-patch', 'The change does not make sense', { issues });

  const spaceFirstNumber = space === undefined ? (state.spaces.at(-1)?.firstNumber ?? 0) : state.nextNumber;
  const plan = planSearch(spec, { rounds: state.search.rounds, spaceFirstNumber });
  await deps.searches.update(id, {
    spec: change,
    plannedTotal: plan.totalTrials,
    roundCount: plan.rounds.length,
    ...(name === undefined ? {} : { name }),
    ...(notes === undefined ? {} : { notes }),
    ...(space === undefined ? {} : { space }),
  });
  deps.signals.publish(id);
  await advanceSearch(deps, id);
  const search = await deps.searches.get(id);
  if (search === null) throw new DomainError('search-not-found', `There is no search ${id}`);
  return search;
}
