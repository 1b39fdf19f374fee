import type { SearchSpec } from '@caviar/spec';
import type { FlowCommand, FlowResult } from '../flow/commands.js';
import { createFlow, type Flow, type FlowPlan } from '../flow/flow.js';

/** What a trial comes to when it trains to a step (null = to its end). */
export type Train = (number: number, toStep: number | null) => Omit<FlowResult, 'number'>;

/** Runs a flow to its end, one job after the other in the order in which they come up; gives all its commands. */
export function runFlow(spec: SearchSpec, plan: FlowPlan, train: Train): { flow: Flow; commands: FlowCommand[] } {
  const flow = createFlow(spec, plan);
  const commands: FlowCommand[] = [];
  for (let fresh = flow.take(); fresh.length > 0; fresh = flow.take()) {
    for (const command of fresh) {
      commands.push(command);
      if (command.kind !== 'create' && command.kind !== 'continue') continue;
      flow.feed([{ number: command.number, ...train(command.number, command.toStep) }]);
    }
  }
  return { flow, commands };
}

/** One line per command, for tables. */
export function inShort(command: FlowCommand): string {
  const { kind, number } = command;
  if (kind === 'observe') return `observe ${number} at ${command.step}: ${command.status} ${command.value}`;
  return kind === 'stop' ? `stop ${number}` : `${kind} ${number} to ${command.toStep ?? 'end'}`;
}
