import type { FastifyInstance, FastifyRequest } from 'fastify';
import { answerBadConnections } from './bad-connections.js';

/** Ends a connection whose request body is not whole in time. The routes of uploads look after that themselves. */
export function limitBodyTime(app: FastifyInstance, timeMs: number): void {
  const timers = new WeakMap<FastifyRequest, NodeJS.Timeout>();
  const stop = async (request: FastifyRequest) => clearTimeout(timers.get(request));

  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.isUpload === true) return;
    const end = () => {
      const error = Object.assign(new Error('The body did not come in time'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
      answerBadConnections(error, request.raw.socket);
    };
    timers.set(request, setTimeout(end, timeMs).unref());
  });
  app.addHook('preValidation', stop); // the body has been read
  app.addHook('onResponse', stop);
  app.addHook('onRequestAbort', stop);
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route reads its body as a stream, and has its own limits. */
    isUpload?: boolean;
  }
}
