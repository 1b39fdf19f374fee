import { OPERATIONS } from '@caviar/contracts';
import type { Metrics } from '@caviar/telemetry';
import type { FastifyInstance } from 'fastify';
import { route } from '../http/route.js';
import { RETRY_AFTER_S } from '../http/to-http-problem.js';
import type { Pages } from '../plugins/pages.js';
import type { ServiceChecks } from '../service-checks.js';
import { VERSION } from '../version.js';

export function serviceRoutes(
  app: FastifyInstance,
  {
    checks,
    metrics,
    pages,
  }: { readonly checks: ServiceChecks; readonly metrics: Metrics; readonly pages: Pages | null },
): void {
  route(app, OPERATIONS.getService, async ({ request, reply }) => {
    if (pages?.isWanted(request) === true) return pages.send(reply);
    reply.header('Vary', 'Accept');
    return { name: 'caviar', version: VERSION, docs: '/docs', openapi: '/openapi.json' };
  });

  route(app, OPERATIONS.getHealth, async () => ({ status: 'ok' }));

  route(app, OPERATIONS.getReadiness, async ({ reply }) => {
    const results = await checks.run();
    const isReady = Object.values(results).every((state) => state === 'ok');
    reply.header('Cache-Control', 'no-store');
    if (!isReady) reply.code(503).header('Retry-After', RETRY_AFTER_S);
    return { status: isReady ? 'ok' : 'unavailable', checks: results };
  });

  route(app, OPERATIONS.getMetrics, async ({ reply }) => {
    const { contentType, text } = await metrics.render();
    return reply.type(contentType).send(text);
  });
}
