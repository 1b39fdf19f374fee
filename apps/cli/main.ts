import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { environment } from './config.js';
import { run } from './run.js';

/** Behind `npm start`, from what is compiled. */
const START = fileURLToPath(new URL('../../../scripts/caviar.mjs', import.meta.url));

/** What the service hears of when it is sent to us alone, as supervisors do. */
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `caviar`, in this process: answers the exit code. */
export async function caviar(argv: readonly string[]): Promise<number> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new Error('interrupted'));
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // `caviar ... | head` ends us, and that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
  });
  try {
    const code = await run(argv, {
      stdout: process.stdout,
      stderr: process.stderr,
      readStdin: () => text(process.stdin),
      env: environment(),
      signal: interruption.signal,
      async startService(env) {
        interruption.signal.throwIfAborted();
        // It shares our terminal. Of Ctrl-C it may hear twice, which it takes for once; the channel tells it when we are gone.
        const child = spawn(process.execPath, [START, 'start'], {
          stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
          env: { ...environment(), ...env },
        });
        const passOn = (signal: NodeJS.Signals) => child.kill(signal);
        for (const signal of PASSED_ON) process.on(signal, passOn);
        const [code] = (await once(child, 'exit')) as [number | null];
        for (const signal of PASSED_ON) process.off(signal, passOn);
        return code ?? 1;
      },
    });
    await drained(process.stdout);
    return code;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

/** What is written to a pipe must have left before the process ends. */
async function drained(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength > 0) await new Promise<void>((resolve) => stream.write('', () => resolve()));
}
