import { PassThrough } from 'node:stream';
import { OPERATIONS } from '@caviar/contracts';
import type { Change, Orchestrator } from '@caviar/orchestrator';
import type { FastifyInstance } from 'fastify';
import { beginEvents, eventLines, LIFETIME_MS, PATIENCE_MS, pump, RETRY_LINES } from '../http/event-stream.js';
import { route } from '../http/route.js';
import type { Holds } from '../plugins/holds.js';
import { presentChange, presentNewBest, presentStretch } from '../presenters/present-charts.js';
import { presentTrial } from '../presenters/present-trial.js';

/** What a page draws: answers of bounded size, and the stream that says when to draw anew. */
export function chartRoutes(app: FastifyInstance, orchestrator: Orchestrator, holds: Holds): void {
  const { charts } = orchestrator;

  route(app, OPERATIONS.getTrialTable, async ({ id, query }) => {
    const { items, ...table } = await charts.table(id, query);
    return { ...table, items: items.map(presentTrial) };
  });

  route(app, OPERATIONS.getTrialPoints, async ({ id, query }) => charts.points(id, query));

  route(app, OPERATIONS.getBestSoFar, async ({ id, query }) => {
    const { items, ...more } = await charts.bestSoFar(id, query);
    return { ...more, items: items.map(presentNewBest) };
  });

  route(app, OPERATIONS.getTrialCurves, async ({ id, query }) => charts.curves(id, query));

  route(app, OPERATIONS.getSearchRungs, async ({ id }) => charts.rungs(id));

  route(app, OPERATIONS.getSearchTimeline, async ({ id, query }) => {
    const { version, items } = await charts.timeline(id, query);
    return { version, items: items.map(presentStretch) };
  });

  route(app, OPERATIONS.followChanges, async ({ request, reply }) => {
    beginEvents(reply);
    if (request.method === 'HEAD') return reply.send('');
    const { role, project } = request.principal;
    await holds.during(reply, async (held) => {
      const signal = AbortSignal.any([held, AbortSignal.timeout(LIFETIME_MS)]);
      const changes = orchestrator.followChanges({ signal, ...(role === 'admin' ? {} : { project }) });
      // What is wrong comes to light before anything is sent.
      const first = await changes.next();
      const stream = new PassThrough();
      reply.send(stream);
      try {
        const taken = await pump(blocks(first, changes), stream, { signal, patienceMs: PATIENCE_MS });
        if (!taken) reply.raw.destroy();
      } catch (error) {
        request.log.debug({ err: error }, 'the changes end here: the reader connects again');
      } finally {
        stream.end();
      }
    });
    return reply;
  });
}

async function* blocks(
  first: IteratorResult<readonly Change[], void>,
  changes: AsyncGenerator<readonly Change[], void>,
): AsyncGenerator<string> {
  yield RETRY_LINES;
  for (let next = first; next.done !== true; next = await changes.next()) {
    yield next.value.map((change) => eventLines({ kind: change.kind, data: presentChange(change) })).join('');
  }
}
