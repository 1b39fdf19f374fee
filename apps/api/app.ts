import { randomBytes } from 'node:crypto';
import type { Orchestrator } from '@caviar/orchestrator';
import type { RateLimiter } from '@caviar/queue';
import { issueMessage } from '@caviar/spec';
import type { Logger, Metrics } from '@caviar/telemetry';
import helmet from '@fastify/helmet';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { z } from 'zod';
import { accessCheck, guard } from './plugins/access.js';
import { answerBadConnections } from './plugins/bad-connections.js';
import { limitBodyTime } from './plugins/body-time.js';
import { allowOrigins } from './plugins/cors.js';
import { serveDocs } from './plugins/docs.js';
import { drainOnClose } from './plugins/drain.js';
import { serveGuide } from './plugins/guide.js';
import { createHolds } from './plugins/holds.js';
import { acceptJsonBodies } from './plugins/json-bodies.js';
import { observeRequests } from './plugins/observe.js';
import { builtPages, servePages } from './plugins/pages.js';
import { answerProblems, sendProblem } from './plugins/problems.js';
import { limitRates } from './plugins/rate-limit.js';
import { registerServiceMetrics, type ServiceStatistics, type StatisticsSources } from './plugins/service-metrics.js';
import { dropUnwantedBodies } from './plugins/unwanted-bodies.js';
import { catalogRoutes } from './routes/catalog.js';
import { chartRoutes } from './routes/charts.js';
import { type DatasetLimits, datasetRoutes } from './routes/datasets.js';
import { eventRoutes } from './routes/events.js';
import { exportRoute } from './routes/export.js';
import { externalRoutes } from './routes/external.js';
import { keyRoutes } from './routes/keys.js';
import { leaderboardRoute } from './routes/leaderboard.js';
import { modelRoutes } from './routes/models.js';
import { problemPages } from './routes/problem-pages.js';
import { searchRoutes } from './routes/searches.js';
import { serviceRoutes } from './routes/service.js';
import { trialRoutes } from './routes/trials.js';
import { webhookRoutes } from './routes/webhooks.js';
import { createServiceChecks, type Pings } from './service-checks.js';

/** What the HTTP side stands on. */
export interface AppDeps {
  readonly orchestrator: Orchestrator;
  readonly pings: Pings;
  readonly statistics: () => Promise<ServiceStatistics>;
  readonly queueCounts: () => Promise<Readonly<Record<string, number>>>;
  readonly connections: StatisticsSources['connections'];
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Without any, only this machine is served. */
  readonly apiKeys: readonly string[];
  /** Requests a second that a key may make; 0 = any number. */
  readonly rateLimit: number;
  readonly rateLimiter: RateLimiter;
  /** Requests of a key that are held at once. */
  readonly heldRequests: number;
  /** Origins of web pages elsewhere that may call the API. */
  readonly corsOrigins: readonly string[];
  readonly datasetLimits: DatasetLimits;
}

const BODY_LIMIT_BYTES = 1024 * 1024;
/** Time in which a whole request must have come in: slow senders must not hold connections. Uploads have their own. */
const REQUEST_TIMEOUT_MS = 30_000;
/** The same for its headers; and how often it is looked whether anybody is late. */
const HEADERS_TIMEOUT_MS = 10_000;
const LATE_CHECK_MS = 2_000;
const UPLOAD_TIMEOUT_MS = 60 * 60_000;

/** The HTTP service, not yet listening. Closing it ends held requests at once and lets the others finish. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  // Checks deeper in the house parse with zod too; what they find is shown to callers, so it is said in the same words.
  z.config({ customError: issueMessage });
  const loggerInstance: FastifyBaseLogger = deps.logger;
  const app: FastifyInstance = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: BODY_LIMIT_BYTES,
    // Any length that a URL can have: that no id is so long is ours to say, in the words of the call.
    routerOptions: { maxParamLength: 16_384 },
    requestTimeout: UPLOAD_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: LATE_CHECK_MS },
    // Requests on open connections are answered while closing, instead of with a page of Fastify's own.
    return503OnClosing: false,
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    clientErrorHandler: answerBadConnections,
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
  });
  const { metrics } = deps;
  const checks = createServiceChecks(deps.pings);
  const check = accessCheck({
    apiKeys: deps.apiKeys,
    corsOrigins: deps.corsOrigins,
    findKey: (key) => deps.orchestrator.findKey(key),
  });
  const holds = createHolds(app, deps.heldRequests);
  drainOnClose(app);
  limitBodyTime(app, REQUEST_TIMEOUT_MS);
  dropUnwantedBodies(app);

  observeRequests(app, metrics);
  const observeEventAge = metrics.histogram({
    name: 'event_lag_seconds',
    help: 'From when something happened, by the clock of Postgres, to when it was sent to who listened.',
    labels: [],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  });
  registerServiceMetrics(metrics, { ...deps, checks, heldRequests: holds.count });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    // Whether there is TLS is known to the proxy in front, not to us.
    strictTransportSecurity: false,
  });
  await allowOrigins(app, deps.corsOrigins);
  acceptJsonBodies(app);
  answerProblems(app, check);

  await app.register(async (v1) => {
    guard(v1, check, deps.orchestrator);
    limitRates(v1, deps);
    searchRoutes(v1, deps.orchestrator);
    leaderboardRoute(v1, deps.orchestrator, holds);
    trialRoutes(v1, deps.orchestrator);
    modelRoutes(v1, deps.orchestrator);
    externalRoutes(v1, deps.orchestrator);
    exportRoute(v1, deps.orchestrator);
    webhookRoutes(v1, deps.orchestrator);
    eventRoutes(v1, deps.orchestrator, { holds, onSent: (age) => observeEventAge({}, age) });
    chartRoutes(v1, deps.orchestrator, holds);
    catalogRoutes(v1, deps.orchestrator);
    await datasetRoutes(v1, deps.orchestrator, deps.datasetLimits);
    keyRoutes(v1, deps.orchestrator);
  });
  const folder = builtPages();
  const pages = folder === null ? null : await servePages(app, folder);
  serviceRoutes(app, { checks, metrics, pages });
  problemPages(app);
  serveGuide(app);
  await serveDocs(app);
  return app;
}

/** The caller's own id, if it is fit to be logged; a fresh one otherwise. */
function requestId(given: string | readonly string[] | undefined): string {
  if (typeof given === 'string' && /^[\w.:-]{1,100}$/.test(given)) return given;
  return `req_${randomBytes(9).toString('base64url')}`;
}
