import { ProblemError, UnreachableError } from './problem-error.js';

/** Pause before the first try after the service went away; it doubles up to the second. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/**
 * How long to wait before trying again; null for errors that will not pass. A half of the pause is drawn, so that clients that
 * lost the service at the same moment do not come back at the same moment.
 */
export function pauseBeforeRetry(error: unknown, failures: number): number | null {
  const growing = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
  const pauseMs = growing * (0.5 + Math.random() / 2);
  if (error instanceof UnreachableError) return pauseMs;
  if (error instanceof ProblemError && passes(error)) return (error.retryAfterMs ?? 0) + pauseMs;
  return null;
}

function passes({ code }: ProblemError): boolean {
  return code === 'unavailable' || code === 'rate-limited';
}

/** Whether the service refused before it did anything, so that even a call that must not be made twice can be made again. */
export function isRefusedUnread(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'rate-limited';
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
