import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { exitOf } from './child.js';
import type { Exit } from './running.js';

/** A signal, and how long after the one before it. */
export interface GuardStep {
  readonly afterS: number;
  readonly signal: 'TERM' | 'INT';
}

export interface Guarded {
  readonly pid: number;
  /** Its first line is the id for as long as the process is this server: ids are given to others later. */
  readonly pidFile: string;
  readonly steps: readonly GuardStep[];
}

// Reads until the pipe from us is closed, which the system does however we end; then takes the steps, while the server is there.
const SCRIPT = `
trap '' INT TERM HUP
while read -r line; do :; done
file=$1 pid=$2
shift 2
is_there() { read -r now < "$file" && [ "$now" = "$pid" ] && kill -0 "$pid"; } 2> /dev/null
while [ $# -gt 0 ]; do
  left=$1
  while [ "$left" -gt 0 ]; do
    is_there || exit 0
    sleep 1
    left=$((left - 1))
  done
  is_there && kill -s "$2" "$pid"
  shift 2
done`;

/**
 * Servers that are not ours by trade cannot notice that we were killed with SIGKILL, and would stay up until the next start. A shell
 * that waits at the end of a pipe notices, and ends them.
 *
 * @param exited settles when the server has ended
 * @returns the same, once the shell is gone too
 */
export async function guarded(exited: Promise<Exit>, { pid, pidFile, steps }: Guarded): Promise<Exit> {
  if (process.platform === 'win32' || pid === 0) return exited;
  const words = steps.flatMap(({ afterS, signal }) => [String(afterS), signal]);
  const guard = spawn('sh', ['-c', SCRIPT, 'caviar-guard', pidFile, String(pid), ...words], {
    cwd: '/',
    detached: true, // Ctrl-C is not for it
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const gone = exitOf(guard);
  release(guard);
  const exit = await exited;
  guard.kill('SIGKILL');
  await gone;
  return exit;
}

/** It must not keep this process up. */
function release(guard: ChildProcess): void {
  guard.unref();
  guard.stdin?.on('error', () => undefined);
  (guard.stdin as Socket | null)?.unref();
}
