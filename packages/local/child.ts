import type { ChildProcess } from 'node:child_process';
import type { Exit } from './running.js';

/** How a child ends. A program that could not be started at all counts as one that ended with code 127, as in a shell. */
export async function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => {
      if (child.pid === undefined) resolve({ code: 127, signal: null });
    });
  });
}
