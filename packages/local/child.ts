import type { ChildProcess } from 'node:child_process';
import type { Exit } from './running.js';

// Children that are alive. Whatever way this process takes out, an uncaught error included, none may outlive it.
const living = new Map<ChildProcess, NodeJS.Signals>();
process.on('exit', killChildren);

/**
 * Watches a child: it gets `lastSignal` should this process end first.
 *
 * @returns how it ends. A program that could not be started counts as one that ended with code 127, as in a shell
 */
export async function exitOf(child: ChildProcess, lastSignal: NodeJS.Signals = 'SIGKILL'): Promise<Exit> {
  living.set(child, lastSignal);
  return new Promise((resolve) => {
    const end = (exit: Exit) => {
      living.delete(child);
      resolve(exit);
    };
    child.once('exit', (code, signal) => end({ code, signal }));
    child.once('error', () => {
      if (child.pid === undefined) end({ code: 127, signal: null });
    });
  });
}

/** Signals every child that is left, and waits for nothing. */
export function killChildren(): void {
  for (const [child, signal] of living) child.kill(signal);
}
