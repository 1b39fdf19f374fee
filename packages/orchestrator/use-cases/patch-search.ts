import { checkSampler, planSearch } from '@caviar/search';
import { checkSearchSpec, type Search, type SearchSpec, type SpecIssue } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import type { SearchPatch } from '../orchestrator.js';
import { advanceSearch } from './advance-search.js';
import { checkParallelism } from './check-quotas.js';
import { specContext } from './complete-spec.js';
import { getSearch } from './read-searches.js';

/** Tries before giving up on others who change the same search all the time. */
const MAX_TRIES = 5;

/** Changes a search from the next trial on. Trials that exist stay as they are; `stop` replaces the whole of it. */
export async function patchSearch(deps: Deps, id: string, patch: SearchPatch): Promise<Search> {
  for (let tries = 1; !(await tryPatch(deps, id, patch)); tries++) {
    if (tries === MAX_TRIES) throw new DomainError('unavailable', 'The search is being changed by others; try again');
  }
  deps.signals.publish(id);
  await advanceSearch(deps, id);
  return getSearch(deps, id);
}

/** Stores the change; false when somebody else has changed the spec in between. */
async function tryPatch(deps: Deps, id: string, patch: SearchPatch): Promise<boolean> {
  const state = await deps.searches.getForAdvance(id);
  if (state === null) throw new DomainError('search-not-found', `There is no search ${id}`);
  const { name, notes, parallelism, stop, space } = patch;
  const { spec: from, rounds, status } = state.search;
  const to: SearchSpec = {
    ...from,
    ...(name === undefined ? {} : { name }),
    ...(parallelism === undefined ? {} : { parallelism }),
    ...(stop === undefined ? {} : { stop }),
    ...(space === undefined ? {} : { space }),
  };
  const checked = checkSearchSpec(to, await specContext(deps, to, null));
  // Of the trials that the spec gives, those that are made stay as they are, whatever space they are of.
  const isOfMade = ([of, index]: SpecIssue['path']) => of === 'trials' && Number(index) < state.nextNumber;
  const issues = checked.length > 0 ? checked : checkSampler(to).filter(({ path }) => !isOfMade(path));
  if (issues.length > 0) throw new DomainError('invalid-patch', 'The change does not make sense', { issues });

  if (status === 'running') {
    const project = await deps.keys.projectOfSearch(id);
    if (project !== null) await checkParallelism(deps, project, { from: from.parallelism, to: to.parallelism });
  }

  const spaceFirstNumber = space === undefined ? (state.spaces.at(-1)?.firstNumber ?? 0) : state.nextNumber;
  const plan = planSearch(to, { rounds, spaceFirstNumber });
  return deps.searches.update(id, {
    spec: { from, to },
    plannedTotal: plan.totalTrials,
    roundCount: plan.rounds.length,
    ...(name === undefined ? {} : { name }),
    ...(notes === undefined ? {} : { notes }),
    ...(parallelism === undefined ? {} : { places: parallelism }),
    ...(space === undefined ? {} : { space }),
  });
}
