import { killChildren } from './child.js';
import { ConfigError } from './config.js';
import { type Stack, type StackOptions, startStack } from './stack.js';
import { messageOf, StepError } from './step-error.js';

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const; // 128 + the signal's number, as shells have it
const SECOND_MS = 1_000;

/** Why the work was stopped: a signal, or an error that nobody caught. */
export class Interruption extends Error {
  override readonly name = 'Interruption';

  constructor(readonly exitCode: number) {
    super('interrupted');
  }
}

/**
 * Starts the stack, lets `use` work with it, and stops it on every way out: the end of `use`, a signal, an error. A second
 * Ctrl-C ends everything at once.
 *
 * @returns the exit code: what `use` answers, 1 after an error, 128 + n after signal n
 */
export async function runStack(
  options: Omit<StackOptions, 'signal'>,
  use: (stack: Stack, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const { log } = options;
  const interruption = new AbortController();
  let firstAt = 0;
  const onSignal = (signal: keyof typeof SIGNALS) => {
    if (interruption.signal.aborted) {
      // npm passes on what the terminal has sent us already, so one Ctrl-C may arrive twice
      if (performance.now() - firstAt < SECOND_MS) return;
      killChildren();
      process.exit(SIGNALS[signal]);
    }
    firstAt = performance.now();
    log.info(`${signal}: stopping`);
    interruption.abort(new Interruption(SIGNALS[signal]));
  };
  const onError = (error: unknown) => {
    log.error(`internal error: ${error instanceof Error ? error.stack : String(error)}`);
    interruption.abort(new Interruption(1));
  };
  for (const signal of Object.keys(SIGNALS)) process.on(signal, onSignal);
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onError);

  let stack: Stack | undefined;
  try {
    stack = await startStack({ ...options, signal: interruption.signal });
    return await use(stack, interruption.signal);
  } catch (error) {
    if (interruption.signal.aborted) return (interruption.signal.reason as Interruption).exitCode;
    throw error;
  } finally {
    await stack?.stop();
    for (const signal of Object.keys(SIGNALS)) process.off(signal, onSignal);
    process.off('uncaughtException', onError);
    process.off('unhandledRejection', onError);
  }
}

/** Resolves when the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** One plain line per thing that went wrong; only a fault of ours comes with its stack. */
export function explain(error: unknown, prefix = 'caviar: '): string {
  if (error instanceof ConfigError) return error.problems.map((line) => `${prefix}${line}\n`).join('');
  if (error instanceof StepError) return `${prefix}${error.message}\n`;
  if (/^(ENOSPC|EDQUOT)$/.test(String((error as { code?: unknown } | null)?.code)))
    return `${prefix}the disk is full (${messageOf(error)}). Try: making room where CAVIAR_HOME and the temporary folder are\n`;
  return `${prefix}internal error: ${error instanceof Error ? error.stack : messageOf(error)}\n`;
}
