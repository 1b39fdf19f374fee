import { ProblemError, UnreachableError } from './problem-error.js';

/** Pause before the first try after the service went away; it doubles up to the second. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** How long to wait before trying again; null for errors that will not pass. */
export function pauseBeforeRetry(error: unknown, failures: number): number | null {
  const growing = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
  if (error instanceof UnreachableError) return growing;
  if (error instanceof ProblemError && error.code === 'unavailable') return Math.max(error.retryAfterMs ?? 0, growing);
  return null;
}

/** Waits that long; throws the reason of `signal` as soon as it aborts. */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}
