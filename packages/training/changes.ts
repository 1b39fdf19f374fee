import type { ParamChange, Params, TrainerDescriptor } from '@caviar/spec';
import { TrainingInputError } from './job.js';

/** Throws TrainingInputError for a change of nothing, or of what can not be changed while a run goes on. */
export function checkChange(descriptor: TrainerDescriptor, params: Params): void {
  const names = Object.keys(params);
  if (names.length === 0) throw new TrainingInputError(['params'], 'changes nothing');
  for (const name of names) {
    const parameter = descriptor.parameters.find((each) => each.name === name);
    if (parameter?.changeable === true) continue;
    const problem =
      parameter === undefined ? `is no parameter of ${descriptor.kind}` : 'cannot be changed during a run';
    throw new TrainingInputError(['params', name], problem);
  }
}

/** The params that hold after all of the changes. */
export function changedParams(params: Params, changes: readonly ParamChange[]): Params {
  return Object.assign({}, params, ...changes.map((change) => change.params)) as Params;
}

/**
 * The planned changes that a run has yet to make.
 *
 * @param made those that its checkpoint knows of, taken after `step` steps
 * @throws TrainingInputError when the checkpoint was taken without one of the plan, or with another
 */
export function changesToMake(
  planned: readonly ParamChange[],
  made: readonly ParamChange[],
  step: number,
): ParamChange[] {
  const before = (changes: readonly ParamChange[]) => changes.filter(({ afterStep }) => afterStep < step);
  const past = before(planned);
  if (past.length > 0 && JSON.stringify(past) !== JSON.stringify(before(made))) {
    throw new TrainingInputError(['changes'], `are not those that the checkpoint of step ${step} was made with`);
  }
  const madeNow = made.filter(({ afterStep }) => afterStep === step).length;
  const now = planned.filter(({ afterStep }) => afterStep === step).slice(madeNow);
  return [...now, ...planned.filter(({ afterStep }) => afterStep > step)];
}

/**
 * The log of changes in a checkpoint's header; empty in those that are older than changes are, and for another trial than
 * the one that was changed: one that population based training makes out of it has params of its own.
 */
export function changesIn(header: Readonly<Record<string, unknown>>, trialNumber: number): readonly ParamChange[] {
  const { trialNumber: owner = trialNumber, changes = [] } = header;
  return owner === trialNumber ? (changes as readonly ParamChange[]) : [];
}
