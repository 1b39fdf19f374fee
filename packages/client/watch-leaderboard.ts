import type { Client, WatchedBoard, WatchOptions } from './calls.js';
import { pauseBeforeRetry, sleep } from './retry.js';

const WAIT_MS = 25_000;

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
    const since = performance.now();
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
    await sleep(since + everyMs - performance.now(), signal);
  }
}
