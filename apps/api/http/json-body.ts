import { unstorableText } from '@caviar/contracts';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from './http-problem.js';
import { invalid } from './to-http-problem.js';

const MEDIA_TYPES = ['application/json', 'application/merge-patch+json'];

/**
 * Reads JSON bodies, and nothing else. An empty body is no body; `__proto__` keys are refused, and so is text that can't
 * be stored. Compressed bodies are not taken: 1 MiB of JSON must stay 1 MiB.
 */
export function acceptJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>(MEDIA_TYPES, { parseAs: 'string' }, (request, body, done) => {
    const encoding = request.headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') {
      done(new HttpProblem('unsupported-media-type', `The body must not be encoded (${encoding.slice(0, 50)}).`));
      return;
    }
    if (body.trim() === '') {
      done(null, undefined);
      return;
    }
    parse(request, body, (error, value) => {
      if (error !== null) {
        done(new HttpProblem('malformed-json', malformed(body)));
        return;
      }
      const errors = unstorableText(value);
      done(errors.length > 0 ? invalid('invalid-request', errors) : null, value);
    });
  });
}

/** Where the parser stopped, in its own words, without repeating the body. */
function malformed(body: string): string {
  try {
    JSON.parse(body);
    return 'The body has a key that is not allowed: __proto__, or a prototype of a constructor.';
  } catch (error) {
    const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    return position === undefined
      ? 'The body ends too early to be JSON.'
      : `The body is not JSON at position ${position}.`;
  }
}
