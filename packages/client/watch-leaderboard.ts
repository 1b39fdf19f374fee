import type { Client, WatchedBoard, WatchOptions } from './calls.js';
import { ProblemError, UnreachableError } from './problem-error.js';

const WAIT_MS = 25_000;
/** Pause before the first try after the service went away; it doubles up to the second. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Follows a board: each time it changes, until the search has ended; the last one given is the final one. While the
 * service is away it waits and tries again. @throws ProblemError for what does not pass, the reason of `signal`
 */
export async function* watchLeaderboard(
  client: Pick<Client, 'getSearch' | 'leaderboard'>,
  id: string,
  { limit, waitMs = WAIT_MS, everyMs = 0, signal }: WatchOptions = {},
): AsyncGenerator<WatchedBoard, void> {
  let etag: string | undefined;
  let failures = 0;
  for (;;) {
    const since = Date.now();
    try {
      // Asked first: when it has ended by now, the board that is read afterwards is the final one.
      const search = await client.getSearch(id, { signal });
      const isOver = search.status !== 'running' && search.status !== 'paused';
      const wait = isOver || etag === undefined ? undefined : waitMs;
      const answer = await client.leaderboard(id, { limit, etag, waitMs: wait, signal });
      failures = 0;
      if (answer !== null) {
        etag = answer.etag;
        yield { board: answer.board, search };
      }
      if (isOver) return;
    } catch (error) {
      const pauseMs = pauseBeforeRetry(error, failures++);
      if (pauseMs === null) throw error;
      await sleep(pauseMs, signal);
      continue;
    }
    await sleep(since + everyMs - Date.now(), signal);
  }
}

/** How long to wait before trying again; null for errors that will not pass. */
function pauseBeforeRetry(error: unknown, failures: number): number | null {
  const growing = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
  if (error instanceof UnreachableError) return growing;
  if (error instanceof ProblemError && error.code === 'unavailable') return Math.max(error.retryAfterMs ?? 0, growing);
  return null;
}

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
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
