import type { SearchEventView } from '@caviar/contracts';
import type { Client, FollowedEvent, FollowOptions } from './calls.js';
import { UnreachableError } from './problem-error.js';
import { readEvents } from './read-events.js';
import { pauseBeforeRetry, sleep } from './retry.js';
import type { Transport } from './transport.js';

/**
 * Follows the events of a search, each once, until the search has ended; while the service is away it waits, and goes on after
 * the last event it has seen. What is cancelled because of the end may come after it, and is not waited for.
 *
 * @throws ProblemError for what does not pass (`events-gone` among them), the reason of `signal`
 */
export async function* followEvents(
  { request, getSearch }: Pick<Transport, 'request'> & Pick<Client, 'getSearch'>,
  path: { readonly id: string; readonly url: string },
  { after, signal }: FollowOptions = {},
): AsyncGenerator<FollowedEvent, void> {
  let last = after;
  let failures = 0;
  for (;;) {
    try {
      const headers = { accept: 'text/event-stream, application/problem+json', 'last-event-id': last };
      const response = await request('GET', path.url, { headers, signal });
      if (response.status === 204) return;
      for await (const { id, data } of readEvents(response.body ?? new ReadableStream())) {
        failures = 0;
        last = id;
        const event = JSON.parse(data) as SearchEventView;
        yield { id, event };
        if (event.kind !== 'search' || !hasEnded(event.status)) continue;
        // A search that ended, was reopened and ended again has more to tell after its first end.
        const { endedAt } = await getSearch(path.id, { signal });
        if (endedAt !== null && event.at >= endedAt) return;
      }
      await sleep(pauseBeforeRetry(new UnreachableError(path.url, 'ended the events'), failures++) ?? 0, signal);
    } catch (error) {
      signal?.throwIfAborted();
      // A connection that breaks while it is read throws an error of the fetch in use.
      const pauseMs = pauseBeforeRetry(
        error instanceof TypeError ? new UnreachableError(path.url, 'broke off', error) : error,
        failures++,
      );
      if (pauseMs === null) throw error;
      await sleep(pauseMs, signal);
    }
  }
}

function hasEnded(status: string): boolean {
  return status !== 'running' && status !== 'paused';
}
