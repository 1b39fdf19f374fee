import { learnsFromResults, type TrialRecord, transferParams } from '@caviar/search';
import { findTrainer, type SearchSpec, type SpecIssue } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import { objectiveValue, toTrialRecord } from '../objective-value.js';

/** Results that a search can begin with; of more, the newest count. */
const MAX_PRIOR_TRIALS = 10_000;
const TELLING: ReadonlySet<string> = new Set(['completed', 'pruned', 'infeasible']);

/**
 * What the searches that a spec names say of its space: their trials that stand for a point of it (`transferParams`: their spaces need
 * only overlap), valued by its own objective. It is copied, so that the new search is the same whatever becomes of the old ones. Throws `invalid-spec`.
 */
export async function gatherPrior(
  { searches, trials, keys }: Pick<Deps, 'searches' | 'trials' | 'keys'>,
  spec: SearchSpec,
  project: string,
): Promise<readonly TrialRecord[]> {
  const { warmStart } = spec;
  if (warmStart === undefined) return [];
  const issues: SpecIssue[] = [];
  if (!learnsFromResults(spec)) {
    const message = `${spec.sampler.kind} does not learn from results: warmStart needs a sampler that does`;
    issues.push({ path: ['warmStart'], message });
  }
  const found: TrialRecord[] = [];
  for (const [index, id] of warmStart.searches.entries()) {
    const path = ['warmStart', 'searches', index];
    const search = (await keys.projectOfSearch(id)) === project ? await searches.get(id) : null;
    if (search === null) {
      issues.push({ path, message: `there is no search ${id}` });
      continue;
    }
    const stored = await trials.records(id, { from: 0, below: 2 ** 31 - 1 });
    const [from, to] = [originOf(search.spec), originOf(spec)];
    const fitting = stored.flatMap((trial) => {
      const { status, metrics, editedFrom } = trial;
      const hasValue = status === 'infeasible' || objectiveValue(spec, metrics).value !== null;
      const isTelling = TELLING.has(status) && editedFrom === null && hasValue;
      const params = isTelling ? transferParams(trial.params, from, to) : null;
      return params === null ? [] : [{ ...trial, params }];
    });
    if (fitting.length === 0) {
      issues.push({ path, message: 'has no trial in this space with a value of this objective' });
    }
    for (const trial of fitting) {
      found.push({ ...toTrialRecord(spec, trial), value: objectiveValue(spec, trial.metrics).value });
    }
  }
  if (issues.length > 0) throw new DomainError('invalid-spec', 'The warm start does not make sense', { issues });
  // Below 0, so that they are told apart from the search's own; the newest is the nearest.
  return found.slice(-MAX_PRIOR_TRIALS).map((trial, i, all) => ({ ...trial, number: i - all.length }));
}

function originOf({ space, trainer }: SearchSpec) {
  const parameters = findTrainer(trainer.kind)?.parameters ?? [];
  const defaults = Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.default]));
  return { space, fixed: trainer.params, defaults };
}
