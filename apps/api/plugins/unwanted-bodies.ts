import { finished } from 'node:stream/promises';
import type { FastifyInstance } from 'fastify';

/**
 * Reads bodies that nobody asked for, those of GET and HEAD, to their end before the answer, and drops them: a connection that is
 * closed with bytes unread is reset, and takes what the client has not yet read of the answer with it.
 */
export function dropUnwantedBodies(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ method, headers, raw }) => {
    if (method !== 'GET' && method !== 'HEAD') return;
    if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return;
    raw.resume();
    await finished(raw).catch(() => {}); // the client has gone: there is nobody to answer
  });
}
