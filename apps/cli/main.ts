import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { environment } from './config.js';
import { run } from './run.js';

/** Behind `npm start`, from what is compiled. */
const START = fileURLToPath(new URL('../../../scripts/caviar.mjs', import.meta.url));

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
        // It shares our terminal, and hears of Ctrl-C itself.
        const child = spawn(process.execPath, [START, 'start'], {
          stdio: 'inherit',
          env: { ...environment(), ...env },
        });
        const stop = () => child.kill('SIGTERM');
        process.on('SIGTERM', stop);
        const [code] = (await once(child, 'exit')) as [number | null];
        process.off('SIGTERM', stop);
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
