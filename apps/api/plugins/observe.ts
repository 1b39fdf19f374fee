import type { Metrics } from '@caviar/telemetry';
import type { FastifyInstance } from 'fastify';
import { pathOf } from './problems.js';

/** Seconds; from a page out of memory to a slow export. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** Logs and measures every request. Reading that goes well is logged at debug: a client that polls must not flood the log. */
export function observeRequests(app: FastifyInstance, metrics: Metrics): void {
  const observe = metrics.histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer, without the time that a request was held on purpose.',
    labels: ['method', 'route', 'status'],
    buckets: BUCKETS,
  });
  app.decorateReply('heldMs', 0);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('X-Request-Id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const { statusCode: status, elapsedTime, heldMs } = reply;
    observe({ method, route: request.routeOptions.url ?? 'none', status }, (elapsedTime - heldMs) / 1000);
    const isReading = method === 'GET' || method === 'HEAD';
    request.log[isReading && status < 400 ? 'debug' : 'info'](
      { method, path: pathOf(request), status, durationMs: Math.round(elapsedTime * 10) / 10 },
      'request',
    );
  });
}
