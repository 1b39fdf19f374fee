import { type FlowCommand, observe } from '@caviar/search';
import { isFinal, type Params } from '@caviar/spec';
import { asProposed } from '../objective-value.js';
import type { FlowContext } from './flow-state.js';

/**
 * Takes the flow's commands as far as they are about trials that have been read. Of a flow that is built from many trials this is done
 * on the way: what a trial needed until its end can be forgotten, so that memory does not grow with the trials that have ended.
 */
export function catchUp(context: FlowContext): void {
  const commands = commandsOf(context);
  const next = commands.findIndex((command) => isToMake(context, command));
  const known = next < 0 ? commands.length : next;
  for (const command of commands.slice(0, known)) decide(context, command);
  context.waiting = commands.slice(known);
}

/** The commands whose turn has not come, and those that the flow has said since. */
export function commandsOf(context: FlowContext): readonly FlowCommand[] {
  const { waiting, flow } = context;
  context.waiting = [];
  return [...waiting, ...flow.take()];
}

/** Whether a command is to make a trial that is not there. */
export function isToMake({ ahead }: FlowContext, command: FlowCommand): command is CreateCommand {
  return command.kind === 'create' && !ahead.has(command.number);
}

export type CreateCommand = Extract<FlowCommand, { kind: 'create' }>;
type Seen = Omit<Extract<FlowCommand, { kind: 'observe' }>, 'kind'>;

/**
 * Takes any other command: shows the sampler what it may see from here on, and gathers what is to be stored. Nothing is
 * awaited, for a flow that is built from many trials says hundreds of thousands of them.
 */
export function decide(context: FlowContext, command: FlowCommand): void {
  const { number } = command;
  const { batch } = context;
  const record = context.ahead.get(number);
  switch (command.kind) {
    case 'observe': {
      const { kind: _, ...seen } = command;
      see(context, seen);
      return;
    }
    case 'create': {
      if (record === undefined) return;
      begin(context, number);
      keepParams(context, number, record.params);
      // A trial that a person has added waits at step 0 for its turn.
      const waits = record.status === 'paused' && record.targetStep === 0;
      if (waits) batch.goOn.push({ number, targetStep: command.toStep });
      return;
    }
    case 'continue': {
      const { toStep: targetStep } = command;
      const has = record?.targetStep;
      const isDone = has === null || (has !== undefined && targetStep !== null && has >= targetStep);
      if (record === undefined || !(isDone || isFinal(record.status))) batch.goOn.push({ number, targetStep });
      return;
    }
    case 'stop':
      if (record === undefined || !isFinal(record.status)) batch.stopped.push({ number, reason: command.reason });
  }
}

/** The flow has made a trial. */
export function begin(context: FlowContext, number: number): void {
  context.unobserved.add(number);
  context.made = number + 1;
}

/** Notes a trial's params, where anybody asks for them again. */
export function keepParams({ params, keepsParams }: FlowContext, number: number, own: Params): void {
  if (keepsParams !== 'never') params.set(number, own);
}

function see(context: FlowContext, seen: Seen): void {
  const { learning, unobserved } = context;
  const { number, status, step } = seen;
  const params = context.params.get(number) ?? {};
  const editedFrom = context.editedFrom.get(number) ?? null;
  const hasEnded = isFinal(status);
  if (hasEnded) forget(context, number);
  // What it has come to under other params than its own says nothing of them: it stays pending until it ends.
  if (learning !== null && editedFrom !== null && editedFrom < step && !hasEnded) return;
  if (learning !== null) observe(learning, [asProposed({ ...seen, params }, editedFrom)]);
  unobserved.delete(number);
}

/** No command will be about a trial that has ended, but that others may be made out of it. */
function forget({ ahead, editedFrom, params, keepsParams }: FlowContext, number: number): void {
  ahead.delete(number);
  editedFrom.delete(number);
  if (keepsParams !== 'always') params.delete(number);
}
