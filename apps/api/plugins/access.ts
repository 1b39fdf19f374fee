import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HttpProblem } from '../http/http-problem.js';
import { isLoopback } from '../loopback.js';

/** Decides whether a request may go on; throws the problem when it may not. */
export type AccessCheck = (request: FastifyRequest) => void;

/** With keys, one of them is needed; without, only this machine is served. */
export function accessCheck(apiKeys: readonly string[]): AccessCheck {
  return apiKeys.length > 0 ? requireKey(apiKeys) : requireLocal;
}

/** Puts the check before every route of a scope. */
export function guard(scope: FastifyInstance, check: AccessCheck): void {
  scope.addHook('onRequest', async (request) => check(request));
}

function requireKey(apiKeys: readonly string[]): AccessCheck {
  // Digests have one length, and comparing all of them takes the same time whichever matches, or none.
  const digests = apiKeys.map(digest);
  return ({ headers }) => {
    const [, key] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
    const given = digest(key ?? '');
    const matches = digests.filter((known) => timingSafeEqual(known, given)).length;
    if (key !== undefined && matches > 0) return;
    const isWrong = headers.authorization !== undefined;
    throw new HttpProblem('unauthorized', isWrong ? 'The API key is not valid.' : 'The API key is missing.', {
      headers: { 'WWW-Authenticate': `Bearer realm="caviar"${isWrong ? ', error="invalid_token"' : ''}` },
    });
  };
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/**
 * Without keys the service listens on loopback, but a browser on the same machine can still be sent here by any web site:
 * by a name that resolves to 127.0.0.1 (DNS rebinding), or by a form. Neither comes with our name and our origin.
 */
const requireLocal: AccessCheck = ({ headers, method }) => {
  const host = headers.host?.replace(/:\d+$/, '') ?? 'localhost';
  if (!isLoopback(host)) {
    throw new HttpProblem('forbidden', 'Without API keys the service answers to loopback names only.');
  }
  if (method !== 'GET' && method !== 'HEAD' && headers['sec-fetch-site'] === 'cross-site') {
    throw new HttpProblem('forbidden', 'Without API keys the service takes nothing from other web sites.');
  }
};
