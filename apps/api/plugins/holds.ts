import type { FastifyInstance, FastifyReply } from 'fastify';
import { HttpProblem } from '../http/http-problem.js';

/** Requests that wait for something to happen. Each ends early when its client goes or the server stops. */
export interface Holds {
  /**
   * Runs `wait` with a signal that aborts when there is no longer any use in waiting.
   * @throws HttpProblem `too-many-held` when the key has as many requests waiting as it may
   */
  during<Result>(reply: FastifyReply, wait: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
  /** How many there are now. */
  count(): number;
}

/** Seconds after which a caller who has too many may try again. */
const RETRY_AFTER_S = '1';

/** @param most requests of one key that are held at once; those of this machine without a key count as one key's */
export function createHolds(app: FastifyInstance, most: number): Holds {
  const open = new Set<AbortController>();
  const ofKey = new Map<string | null, number>();
  let isStopping = false;
  app.addHook('preClose', async () => {
    isStopping = true;
    for (const hold of open) hold.abort();
  });
  return {
    count: () => open.size,
    async during(reply, wait) {
      const { keyId } = reply.request.principal;
      const held = ofKey.get(keyId) ?? 0;
      if (held >= most) {
        throw new HttpProblem('too-many-held', `The key may have ${most} requests waiting at a time.`, {
          headers: { 'Retry-After': RETRY_AFTER_S },
        });
      }
      ofKey.set(keyId, held + 1);
      const hold = new AbortController();
      const end = () => hold.abort();
      open.add(hold);
      reply.raw.once('close', end);
      if (isStopping) end();
      const since = performance.now();
      try {
        return await wait(hold.signal);
      } finally {
        open.delete(hold);
        const left = (ofKey.get(keyId) ?? 1) - 1;
        if (left > 0) ofKey.set(keyId, left);
        else ofKey.delete(keyId);
        reply.raw.off('close', end);
        reply.heldMs += performance.now() - since;
      }
    },
  };
}

declare module 'fastify' {
  interface FastifyReply {
    /** Time of the request that was spent waiting on purpose. */
    heldMs: number;
  }
}
