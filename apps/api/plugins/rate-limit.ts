import type { RateLimiter } from '@caviar/queue';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../http/http-problem.js';

/** Seconds' worth of requests that a key may make at once. */
const BURST_S = 2;

/** Bounds the requests of each key over all instances. This machine without a key is not bounded. */
export function limitRates(
  scope: FastifyInstance,
  { rateLimit, rateLimiter }: { readonly rateLimit: number; readonly rateLimiter: RateLimiter },
): void {
  if (rateLimit === 0) return;
  const limit = { perSecond: rateLimit, burst: rateLimit * BURST_S };
  scope.addHook('onRequest', async ({ principal, headers }) => {
    if (headers.authorization === undefined) return;
    const waitMs = await rateLimiter.take(principal.keyId ?? 'settings', limit);
    if (waitMs === 0) return;
    throw new HttpProblem('rate-limited', `The key may make ${rateLimit} requests a second.`, {
      headers: { 'Retry-After': String(Math.ceil(waitMs / 1000)) },
    });
  });
}
