import { type InvalidField, jsonPointer, PROBLEMS, type ProblemCode, type ProblemInfo } from '@caviar/contracts';
import { DomainError, type DomainErrorCode } from '@caviar/orchestrator';
import { HttpProblem } from './http-problem.js';

/** Seconds after which a caller may try again while Postgres or Redis is away. */
export const RETRY_AFTER_S = '2';
/** And while a quota is used up: until then a search may have ended. */
const QUOTA_RETRY_AFTER_S = '60';

/** The problem that an error is to the caller. Whatever is not known to be harmless becomes `internal`. */
export function toHttpProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof DomainError) return fromDomain(error);
  return fromFastify(error) ?? new HttpProblem('internal', 'The request could not be completed.');
}

// Every domain error has a problem of the same name: a new code that is missing there does not compile.
const DOMAIN_PROBLEMS: Readonly<Record<DomainErrorCode, ProblemInfo>> = PROBLEMS;

function fromDomain(error: DomainError): HttpProblem {
  if (DOMAIN_PROBLEMS[error.code].status >= 500) {
    return new HttpProblem(error.code, 'A part of the service does not answer right now.', {
      headers: { 'Retry-After': RETRY_AFTER_S },
    });
  }
  const errors = error.issues.map(({ path, message }) => ({ pointer: jsonPointer(path), message }));
  if (error.code === 'invalid-cursor') return invalidCursor();
  if (errors.length > 0) return invalid(error.code, errors);
  const headers = error.code === 'quota-exceeded' ? { 'Retry-After': QUOTA_RETRY_AFTER_S } : {};
  return new HttpProblem(error.code, error.message, { headers });
}

/** A problem whose detail is its first error, for those who read no further. */
export function invalid(code: ProblemCode, errors: readonly InvalidField[]): HttpProblem {
  const [first] = errors;
  const shown = errors.slice(0, MAX_ERRORS);
  const where = first?.parameter ?? first?.pointer ?? '';
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new HttpProblem(code, `${where === '' ? 'the body' : where}: ${first?.message ?? 'is not valid'}${more}`, {
    errors: shown,
  });
}

/** A body can hold a hundred thousand mistakes; nobody reads more than these. */
const MAX_ERRORS = 100;

export function invalidCursor(): HttpProblem {
  return invalid('invalid-cursor', [
    { pointer: '/cursor', parameter: 'cursor', message: 'is not a nextCursor of this list' },
  ]);
}

/** Problems that Fastify finds before a handler runs, by its error codes. */
const FASTIFY_PROBLEMS: Readonly<Record<string, { readonly code: ProblemCode; readonly detail: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'payload-too-large', detail: 'The body is larger than 1 MiB.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'unsupported-media-type', detail: 'The body must be application/json.' },
  FST_ERR_CTP_EMPTY_TYPE: { code: 'unsupported-media-type', detail: 'The body must be application/json.' },
  FST_ERR_CTP_INVALID_TYPE: { code: 'unsupported-media-type', detail: 'The body must be application/json.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'bad-request', detail: 'Content-Length is not the length of the body.' },
  FST_ERR_BAD_URL: { code: 'bad-request', detail: 'The URL is not well-formed.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'not-found', detail: 'There is nothing at this path.' },
};

function fromFastify(error: unknown): HttpProblem | null {
  if (isGone(error)) return new HttpProblem('bad-request', 'The request ended before all of its body had come.');
  const code = (error as { code?: unknown } | null)?.code;
  const known = typeof code === 'string' ? FASTIFY_PROBLEMS[code] : undefined;
  return known === undefined ? null : new HttpProblem(known.code, known.detail);
}

/** Whether the sender went away while its body was read: Fastify gives Node's error the status 400. */
function isGone(error: unknown): boolean {
  const { code, statusCode } = (error ?? {}) as { readonly code?: unknown; readonly statusCode?: unknown };
  return code === 'ECONNRESET' && statusCode === 400;
}
