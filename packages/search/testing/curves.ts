import { stream } from '@caviar/numerics';
import type { FlowCommand, FlowResult } from '../flow/commands.js';
import type { Train } from './run-flow.js';

/** A learning curve of 27 steps by trial number: some fail, some diverge, some end early, some report no number. */
export const mixedCurve: Train = (number, toStep) => {
  const random = stream(3, 'curve', number);
  const level = random.uniform();
  const end = random.uniform() < 0.2 ? 1 + Math.floor(random.uniform() * 27) : 27;
  const fate = random.uniform();
  const badAt = random.uniform() < 0.1 ? 9 : null;
  const at = Math.min(toStep ?? 27, end);
  const value = at === badAt ? Number.NaN : level + 1 / at;
  if (toStep !== null && toStep < end) return { step: toStep, value, status: 'reached' };
  if (end === 27 || fate < 0.3) return { step: end, value, status: 'completed' };
  return { step: end, value: null, status: fate < 0.5 ? 'failed' : fate < 0.7 ? 'cancelled' : 'infeasible' };
};

/** The same with a second objective that pulls the other way, and a constraint that a third of the trials break at first. */
export const severalCurve: Train = (number, toStep) => {
  const result = mixedCurve(number, toStep);
  const random = stream(4, 'size', number);
  const second = random.uniform() < 0.05 ? null : random.uniform() - 0.5 * (result.value ?? 0);
  const gap = random.uniform() - 0.8 + 0.3 / Math.max(1, result.step);
  return { ...result, values: [result.value, second], violation: Math.max(0, gap), gap };
};

/** All results that the commands of a run came to, as they would be stored. */
export function storedResults(commands: readonly FlowCommand[], train: Train): FlowResult[] {
  return commands.flatMap((command) =>
    command.kind === 'create' || command.kind === 'continue'
      ? [{ number: command.number, ...train(command.number, command.toStep) }]
      : [],
  );
}
