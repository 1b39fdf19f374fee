import { findTrainer, isFinal, type Params, type SpecIssue, type Trial, type TrialEdit } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import { presentLog } from './edit-log.js';
import { getSearch } from './read-searches.js';

/**
 * Changes params of a trial that has begun, from its next step on (seed 3.3, the panda). The change is stored here; its
 * worker takes it up, and writes down the step from which it holds before it trains with it.
 */
export async function editTrial(
  deps: Deps,
  trial: Trial,
  { params, actor }: { readonly params: Params; readonly actor: string },
): Promise<TrialEdit> {
  const search = await getSearch(deps, trial.searchId);
  checkTrainer(search.spec.trainer.kind);
  requireBegun(trial, 'changed');
  const issues = checkChange(search.spec.trainer.kind, trial, params);
  if (issues.length > 0) throw new DomainError('invalid-request', 'The change does not make sense', { issues });
  const number = await deps.edits.request(trial.id, { params, actor });
  const now = (await deps.trials.get(trial.id)) ?? trial;
  // It ended, or began anew, between the two.
  if (number === null) throw requireBegun(now, 'changed') ?? ended(now, 'changed');
  deps.signals.publish(search.id);
  deps.logger.info({ trialId: trial.id, edit: number, names: Object.keys(params), actor }, 'trial edited');
  return presentLog(search, now, await deps.edits.list(trial.id))[number - 1]!;
}

/** Throws for trainers whose training is not ours to change. */
export function checkTrainer(kind: string): void {
  if (findTrainer(kind)?.isOpen !== true) return;
  throw new DomainError(
    'trial-not-editable',
    `The trainer ${kind} runs code that is not ours: nothing in it can be changed`,
  );
}

/** Throws for a trial that has ended, and for one that has never run. */
export function requireBegun(trial: Trial, verb: string): undefined {
  if (isFinal(trial.status)) throw ended(trial, verb);
  if (trial.attempts > 0) return undefined;
  throw new DomainError('trial-not-running', `The trial has not begun, so it can't be ${verb}`);
}

export function ended({ status }: Pick<Trial, 'status'>, verb: string): DomainError {
  return new DomainError('trial-ended', `The trial is ${status} and can't be ${verb}`);
}

function checkChange(kind: string, { step }: Trial, params: Params): SpecIssue[] {
  const { parameters = [] } = findTrainer(kind) ?? {};
  const changeable = parameters.filter((parameter) => parameter.changeable === true).map(({ name }) => name);
  return Object.entries(params).flatMap(([name, value]) => {
    const parameter = parameters.find((each) => each.name === name);
    const refuse = (message: string) => [{ path: [name], message }];
    if (parameter === undefined) return refuse(`the trainer ${kind} has no parameter "${name}"`);
    if (parameter.changeable !== true) {
      return refuse(`cannot be changed while a trial runs; ${changeable.join(', ')} can`);
    }
    const parsed = parameter.schema.safeParse(value);
    if (!parsed.success) return refuse(parsed.error.issues[0]?.message ?? 'is not a legal value');
    const isLength = name === 'epochs' || name === 'steps';
    if (isLength && typeof value === 'number' && value <= step)
      return refuse(`must be more than the ${step} that are finished`);
    return [];
  });
}
