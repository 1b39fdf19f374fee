import { accessSync, constants, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, isAlive } from './process-table.js';
import { messageOf, StepError } from './step-error.js';

/** The data folder, ours until `release`. */
export interface Home {
  readonly path: string;
  readonly postgres: string;
  readonly redis: string;
  readonly logs: string;
  /** The last owner was killed and could not clean up: its children may still be on their way out. */
  readonly isRecovered: boolean;
  release(): void;
}

interface Owner {
  readonly pid: number;
  /** Tells the owner from a stranger that got the same id after a reboot or a container's restart. */
  readonly command: string;
}

const STEP = 'Data folder';

/**
 * Creates the data folder and locks it: two stacks on the same files would ruin them.
 *
 * @throws StepError when it cannot be written, or belongs to a Caviar that runs
 */
export function openHome(path: string): Home {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
    mkdirSync(join(path, 'logs'), { recursive: true });
  } catch (error) {
    throw new StepError(STEP, `${path} cannot be written (${messageOf(error)})`, 'another folder in CAVIAR_HOME');
  }
  const isRecovered = lock(path);
  return {
    path,
    postgres: join(path, 'postgres'),
    redis: join(path, 'redis'),
    logs: join(path, 'logs'),
    isRecovered,
    release: () => rmSync(join(path, 'lock'), { force: true }),
  };
}

/** Takes the lock. Returns whether it had to be taken from a dead owner. */
function lock(path: string): boolean {
  const file = join(path, 'lock');
  const mine = join(path, `lock.${process.pid}`);
  const me: Owner = { pid: process.pid, command: commandLine(process.pid) };
  writeFileSync(mine, JSON.stringify(me));
  try {
    for (let isRecovered = false; ; isRecovered = true) {
      try {
        linkSync(mine, file); // appears whole, or not at all
        return isRecovered;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const owner = readOwner(file);
      if (owner !== undefined && isRunning(owner)) {
        throw new StepError(
          STEP,
          `${path} is in use by another Caviar (process ${owner.pid})`,
          'stopping that one, or another folder in CAVIAR_HOME',
        );
      }
      discard(file, owner);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

function isRunning({ pid, command }: Owner): boolean {
  return pid !== process.pid && isAlive(pid) && commandLine(pid) === command;
}

/** Removes a dead owner's lock, but puts it back if somebody living took it in between. */
function discard(file: string, dead: Owner | undefined): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // another start was quicker: the next round sees its lock
  }
  const taken = readOwner(aside);
  if (taken?.pid !== dead?.pid) renameSync(aside, file);
  else rmSync(aside, { force: true });
}

function readOwner(file: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}
