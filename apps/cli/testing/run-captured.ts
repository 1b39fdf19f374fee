import type { Io } from '../command.js';
import { run } from '../run.js';

export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, with an environment of its own. */
export async function runCaptured(
  argv: readonly string[],
  {
    env = {},
    stdin = '',
    stdout = {},
    signal,
    startService,
  }: Partial<Omit<Io, 'stdout'>> & {
    readonly stdin?: string;
    readonly stdout?: Partial<Io['stdout']>;
  } = {},
): Promise<Captured> {
  const written = { stdout: '', stderr: '' };
  const code = await run(argv, {
    // No configuration of whoever runs the tests.
    env: { XDG_CONFIG_HOME: '/nonexistent', ...env },
    stdout: { write: (text) => (written.stdout += text), ...stdout },
    stderr: { write: (text) => (written.stderr += text) },
    readStdin: async () => stdin,
    signal: signal ?? new AbortController().signal,
    startService: startService ?? (async () => 0),
  });
  return { code, ...written };
}
