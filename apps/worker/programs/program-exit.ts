import type { ChildProcess } from 'node:child_process';
import { signalGroup } from './group.js';

/** Time for what a program printed last to arrive once it is gone. */
const DRAIN_MS = 2_000;

export interface Exit {
  readonly code: number | null;
  /** For people. */
  readonly how: string;
}

/** Resolves once a program has ended, and what it started with it, and all that it printed has been read. */
export function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    let exit: Exit = { code: null, how: 'it could not be started' };
    child.on('error', (error) => {
      exit = { code: null, how: `it could not be started: ${error.message}` };
      if (child.pid === undefined) resolve(exit);
    });
    child.on('exit', (code, signal) => {
      exit = { code, how: code === null ? `it was ended by ${signal}` : `it ended with code ${code}` };
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL'); // what it left behind
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, DRAIN_MS).unref();
    });
    child.on('close', () => resolve(exit));
  });
}
