import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../http/http-problem.js';

const MEDIA_TYPES = ['application/json', 'application/merge-patch+json'];

/**
 * Takes JSON bodies, as text, and nothing else; each route parses its own, so that it can say what is wrong in its terms.
 * Compressed bodies are not taken: 1 MiB of JSON must stay 1 MiB.
 */
export function acceptJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(MEDIA_TYPES, { parseAs: 'buffer' }, (request, body, done) => {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      done(new HttpProblem('unsupported-media-type', 'The body must not have a Content-Encoding.'));
    } else if (!isUtf8(body)) {
      // Read as UTF-8 all the same, every letter that is not one would become the same question mark, in names and choices.
      done(new HttpProblem('malformed-json', 'The body is not in UTF-8, as JSON is.'));
    } else {
      done(null, body.toString('utf8'));
    }
  });
}
