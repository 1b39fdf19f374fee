import type { ChangeView } from '@caviar/contracts';
import type { CallOptions } from './calls.js';
import { UnreachableError } from './problem-error.js';
import { readEvents } from './read-events.js';
import { pauseBeforeRetry, sleep } from './retry.js';
import type { Transport } from './transport.js';

/**
 * Follows all searches and the workers at a glance, until `signal` aborts. Whenever the service was away or the stream ended, it
 * connects again, and says so by another `ready`: lists are to be read again then.
 *
 * @throws ProblemError for what does not pass, the reason of `signal`
 */
export async function* followChanges(
  { request }: Pick<Transport, 'request'>,
  { signal }: CallOptions = {},
): AsyncGenerator<ChangeView, void> {
  const url = '/v1/changes';
  let failures = 0;
  for (;;) {
    try {
      const headers = { accept: 'text/event-stream, application/problem+json' };
      const response = await request('GET', url, { headers, signal });
      if (response.body === null) return;
      for await (const { data } of readEvents(response.body)) {
        failures = 0;
        yield JSON.parse(data) as ChangeView;
      }
      await sleep(pauseBeforeRetry(new UnreachableError(url, 'ended the changes'), failures++) ?? 0, signal);
    } catch (error) {
      signal?.throwIfAborted();
      // A connection that breaks while it is read throws an error of the fetch in use.
      const pauseMs = pauseBeforeRetry(
        error instanceof TypeError ? new UnreachableError(url, 'broke off', error) : error,
        failures++,
      );
      if (pauseMs === null) throw error;
      await sleep(pauseMs, signal);
    }
  }
}
