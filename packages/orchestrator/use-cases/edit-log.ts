import { findTrainer, isFinal, type Params, type Search, type Trial, type TrialEdit } from '@caviar/spec';
import type { Deps } from '../deps.js';
import type { StoredEdit } from '../ports/edit-store.js';
import { getSearch } from './read-searches.js';

/** The log of a trial: every edit with what held before it. */
export function presentLog(search: Search, trial: Trial, stored: readonly StoredEdit[]): readonly TrialEdit[] {
  let inForce: StoredEdit[] = [];
  return stored.map((edit) => {
    const { number, kind, params, actor: by, requestedAt, settledAt } = edit;
    const before = inForce;
    if (kind === 'rewind') inForce = inForce.filter((one) => !isUndone(one, edit));
    else if (edit.refusal === null) inForce = [...inForce, edit];
    return {
      number,
      kind,
      state: stateOf(edit, trial),
      step: edit.afterStep,
      params,
      previous: pick(paramsUnder(search, trial, before), Object.keys(params)),
      by,
      reason: edit.refusal ?? (edit.undoneBy === null ? null : `taken back by edit ${edit.undoneBy}`),
      requestedAt,
      settledAt,
    };
  });
}

/** Params that hold in a trial now, those that its search fixes among them; defaults of the trainer are left out. */
export async function presentParams(deps: Pick<Deps, 'edits'>, search: Search, trial: Trial): Promise<Params> {
  const own = { ...search.spec.trainer.params, ...trial.params };
  if (trial.editedFrom === null) return own;
  const held = (await deps.edits.list(trial.id)).filter((edit) => edit.afterStep !== null && edit.undoneBy === null);
  return Object.assign(own, ...held.map(({ params }) => params)) as Params;
}

/** The log of a trial, as it is stored now. */
export async function readLog(deps: Pick<Deps, 'edits' | 'searches'>, trial: Trial): Promise<readonly TrialEdit[]> {
  const stored = await deps.edits.list(trial.id);
  return stored.length === 0 ? [] : presentLog(await getSearch(deps, trial.searchId), trial, stored);
}

function isUndone(edit: StoredEdit, rewind: StoredEdit): boolean {
  return edit.undoneBy === rewind.number;
}

function stateOf({ kind, undoneBy, refusal, afterStep }: StoredEdit, { status }: Trial): TrialEdit['state'] {
  if (undoneBy !== null) return 'undone';
  if (refusal !== null) return 'refused';
  if (afterStep !== null || kind === 'rewind') return 'applied';
  return isFinal(status) ? 'missed' : 'pending';
}

function paramsUnder({ spec }: Search, trial: Trial, edits: readonly StoredEdit[]): Params {
  const { parameters = [] } = findTrainer(spec.trainer.kind) ?? {};
  const defaults = Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.default]));
  return Object.assign({}, defaults, spec.trainer.params, trial.params, ...edits.map(({ params }) => params)) as Params;
}

function pick(params: Params, names: readonly string[]): Params {
  return Object.fromEntries(names.map((name) => [name, params[name] ?? null]));
}
