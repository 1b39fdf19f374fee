import { PassThrough } from 'node:stream';
import { OPERATIONS } from '@caviar/contracts';
import type { EventBatch, Orchestrator } from '@caviar/orchestrator';
import type { Search } from '@caviar/spec';
import type { FastifyInstance } from 'fastify';
import {
  beginEvents,
  eventId,
  eventLines,
  eventPosition,
  LIFETIME_MS,
  PATIENCE_MS,
  pump,
  RETRY_LINES,
} from '../http/event-stream.js';
import { route } from '../http/route.js';
import type { Holds } from '../plugins/holds.js';
import { presentEvent, presentHistory } from '../presenters/present-event.js';

export function eventRoutes(
  app: FastifyInstance,
  orchestrator: Orchestrator,
  {
    holds,
    patienceMs = PATIENCE_MS,
    onSent = () => {},
  }: {
    readonly holds: Holds;
    readonly patienceMs?: number;
    /** Told the age of events that happened while somebody listened, in seconds. */
    readonly onSent?: (ageSeconds: number) => void;
  },
): void {
  route(app, OPERATIONS.getTrialHistory, async ({ id }) => presentHistory(await orchestrator.trialHistory(id)));

  route(app, OPERATIONS.followEvents, async ({ id, query, headers, request, reply }) => {
    const place = headers['Last-Event-ID'] ?? query.after;
    const after = place === undefined ? null : eventPosition(place);
    beginEvents(reply);
    if (request.method === 'HEAD') {
      await orchestrator.getSearch(id);
      return reply.send('');
    }
    await holds.during(reply, async (held) => {
      const signal = AbortSignal.any([held, AbortSignal.timeout(LIFETIME_MS)]);
      const batches = orchestrator.followEvents(id, { after, signal });
      // What is wrong with the request comes to light before anything is sent.
      const first = await batches.next();
      if (after !== null && first.value?.events.length === 0 && isOver(await orchestrator.getSearch(id))) {
        await batches.return();
        // What a browser takes for the end: it does not connect again.
        return reply.removeHeader('content-type').code(204).send();
      }
      const stream = new PassThrough();
      reply.send(stream);
      try {
        const taken = await pump(blocks(id, first, timed(batches, onSent)), stream, { signal, patienceMs });
        if (!taken) reply.raw.destroy();
      } catch (error) {
        // The database is away, or what comes next is gone: the reader connects again and is told.
        request.log.debug({ err: error }, 'the events end here');
      } finally {
        stream.end();
      }
    });
    return reply;
  });
}

/** Nothing comes any more, unless somebody opens the search again. */
function isOver({ status, progress }: Search): boolean {
  const hasEnded = status !== 'running' && status !== 'paused';
  return hasEnded && progress.queued + progress.running + progress.paused === 0;
}

/** The batches as they are, with the age of each told that is new: what happened before is read later on purpose. */
async function* timed(
  batches: AsyncGenerator<EventBatch, void>,
  onSent: (ageSeconds: number) => void,
): AsyncGenerator<EventBatch, void> {
  const since = performance.now();
  for await (const batch of batches) {
    // Both times are of Postgres' clock: ours may be wrong.
    const last = batch.events.at(-1);
    const ageMs = last === undefined ? Number.POSITIVE_INFINITY : batch.readAt.getTime() - last.at.getTime();
    if (ageMs <= performance.now() - since) onSent(Math.max(0, ageMs) / 1000);
    yield batch;
  }
}

async function* blocks(
  searchId: string,
  first: IteratorResult<EventBatch, void>,
  batches: AsyncGenerator<EventBatch, void>,
): AsyncGenerator<string> {
  yield RETRY_LINES;
  for (let next = first; next.done !== true; next = await batches.next()) {
    const { events } = next.value;
    if (events.length === 0) continue;
    yield events
      .map((event) =>
        eventLines({ id: eventId(event.position), kind: event.kind, data: presentEvent(searchId, event) }),
      )
      .join('');
  }
}
