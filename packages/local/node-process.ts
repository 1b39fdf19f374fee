import { fork } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { exitOf } from './child.js';
import { describeExit, type Running, settlesWithin } from './running.js';
import { StepError } from './step-error.js';

/** How to start a process of ours, as data: an operator's other Node or V8 flags change this and nothing else. */
export interface NodeProcessSpec {
  /** For people: "worker 2". */
  readonly name: string;
  /** The Node to run. */
  readonly command: string;
  readonly execArgv: readonly string[];
  readonly script: string;
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Where its output goes: to our stderr, or appended to a file. */
  readonly logFile: string | undefined;
}

export interface NodeProcess extends Running {
  /** What an API said it listens on. */
  readonly url: string | undefined;
}

const READY_MS = 60_000;

/**
 * Starts the process and waits until it says over IPC that it is ready: `{ kind: 'ready', url? }`. It is told to stop
 * with SIGTERM, and by the end of the IPC channel should we be killed.
 *
 * @throws StepError when it ends first, or takes longer than a minute
 */
export async function launchNode(spec: NodeProcessSpec, signal: AbortSignal): Promise<NodeProcess> {
  signal.throwIfAborted();
  const output = spec.logFile === undefined ? 2 : openSync(spec.logFile, 'a');
  const child = fork(spec.script, [], {
    execPath: spec.command,
    execArgv: [...spec.execArgv],
    env: spec.env,
    detached: true, // a signal to our whole group, such as Ctrl-C's, is ours to pass on in the right order
    stdio: ['ignore', output, output, 'ipc'], // our own stdout is for the ready line alone
  });
  if (spec.logFile !== undefined) closeSync(output);
  const exited = exitOf(child);
  const running: Running = {
    pid: child.pid ?? 0,
    exited,
    async stop(graceMs = 15_000) {
      child.kill('SIGTERM');
      if (await settlesWithin(exited, graceMs)) return;
      child.kill('SIGKILL');
      await exited;
    },
    kill: () => void child.kill('SIGKILL'),
  };

  const abandon = () => child.kill('SIGKILL');
  signal.addEventListener('abort', abandon);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    abandon();
  }, READY_MS);
  try {
    const answer = await new Promise<{ url: string | undefined } | undefined>((resolve) => {
      child.on('message', (message: { kind?: string; url?: string }) => {
        if (message.kind === 'ready') resolve({ url: message.url });
      });
      void exited.then(() => resolve(undefined));
    });
    if (answer !== undefined) return { ...running, url: answer.url };
    signal.throwIfAborted();
    const how = isLate
      ? `it was not ready within ${READY_MS / 1000} s`
      : `it ended with ${describeExit(await exited)} before it was ready`;
    const last = spec.logFile === undefined ? '' : lastLine(spec.logFile);
    throw new StepError(
      spec.name,
      last === '' ? how : `${how}: ${last}`,
      spec.logFile === undefined ? 'reading its last lines above' : `reading ${spec.logFile}`,
    );
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abandon);
  }
}

function lastLine(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').at(-1)?.slice(-300) ?? '';
}
