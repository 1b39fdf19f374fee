import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../http/http-problem.js';

const MEDIA_TYPES = ['application/json', 'application/merge-patch+json'];

/**
 * Takes JSON bodies, as text, and nothing else; each route parses its own, so that it can say what is wrong in its terms.
 * Compressed bodies are not taken: 1 MiB of JSON must stay 1 MiB.
 */
export function acceptJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(MEDIA_TYPES, { parseAs: 'string' }, (request, body, done) => {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding === 'identity') done(null, body);
    else done(new HttpProblem('unsupported-media-type', 'The body must not have a Content-Encoding.'));
  });
}
