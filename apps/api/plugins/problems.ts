import { OPERATIONS, type Operation, PROBLEMS, type Problem, problemType } from '@caviar/contracts';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from '../http/http-problem.js';
import { toHttpProblem } from '../http/to-http-problem.js';
import type { AccessCheck } from './access.js';

/** Answers every error, unknown path and wrong method with problem+json. Below /v1 nobody learns even that without access. */
export function answerProblems(app: FastifyInstance, check: AccessCheck): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (!isUnread(error, reply)) return sendProblem(error, request, reply);
    request.log.debug('the caller has gone before the answer');
    return reply.hijack();
  });
  app.setNotFoundHandler(async (request, reply) => {
    if (/^\/v1(\/|$)/.test(pathOf(request))) await check(request);
    return sendProblem(nothingHere(request), request, reply);
  });
}

/** Whether an answer was cut short because the caller has gone: no fault of the service, and there is nobody to tell. */
function isUnread({ code }: FastifyError, reply: FastifyReply): boolean {
  return code === 'ERR_STREAM_PREMATURE_CLOSE' && reply.raw.destroyed;
}

/** Sends the problem that an error is. A 5xx is logged with the error itself, which the caller never sees. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toHttpProblem(error);
  const { status, title } = PROBLEMS[problem.code];
  if (status >= 500) request.log[problem.code === 'internal' ? 'error' : 'warn']({ err: error }, problem.detail);
  const body: Problem = {
    type: problemType(problem.code),
    title,
    status,
    detail: problem.detail,
    instance: pathOf(request),
    code: problem.code,
    requestId: request.id,
    ...(problem.more.errors !== undefined && { errors: [...problem.more.errors] }),
  };
  return reply
    .code(status)
    .headers({ ...problem.more.headers, 'Cache-Control': 'no-store', 'X-Request-Id': request.id })
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(body));
}

/** The path of a request, without its query. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}

/** 405 with `Allow` where the path has other methods, 404 where there is none. */
export function nothingHere(request: FastifyRequest): HttpProblem {
  const methods = methodsOf(pathOf(request));
  if (methods.length === 0) return new HttpProblem('not-found', 'There is nothing at this path.');
  return new HttpProblem('method-not-allowed', `This path has ${methods.join(', ')}, not ${request.method}.`, {
    headers: { Allow: methods.join(', ') },
  });
}

const PATHS = Object.values<Operation>(OPERATIONS).map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

function methodsOf(path: string): string[] {
  const methods = PATHS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  return methods.includes('GET') ? ['HEAD', ...methods].sort() : [...new Set(methods)].sort();
}
