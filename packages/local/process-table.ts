import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether a process with this id exists, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The command line of a living process, '' when it has none or is gone. Tells a process from a reused id. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
  }
}

/** Signals a process that may be gone already. */
export function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone, which is what was wanted
  }
}

export interface OrphanOptions {
  /** A file whose first line is the id of the process. */
  readonly pidFile: string;
  /** Tells ours from a stranger that got the same id later. */
  readonly isOurs: (commandLine: string) => boolean;
  readonly signal: NodeJS.Signals;
  readonly graceMs: number;
}

/**
 * Ends a server that outlived a supervisor killed with SIGKILL, and removes its pid file.
 *
 * @returns the id of the process that was ended, undefined when there was none
 */
export async function stopOrphan({ pidFile, isOurs, signal, graceMs }: OrphanOptions): Promise<number | undefined> {
  const pid = readPid(pidFile);
  if (pid === undefined) return undefined;
  const ours = () => isAlive(pid) && isOurs(commandLine(pid));
  let ended: number | undefined;
  if (ours()) {
    ended = pid;
    signalQuietly(pid, signal);
    const deadline = performance.now() + graceMs;
    while (ours() && performance.now() < deadline) await sleep(20);
    if (ours()) signalQuietly(pid, 'SIGKILL');
    while (ours()) await sleep(20);
  }
  rmSync(pidFile, { force: true });
  return ended;
}

function readPid(pidFile: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
    return pid > 0 && pid !== process.pid ? pid : undefined;
  } catch {
    return undefined;
  }
}
