import type { FastifyInstance, FastifyReply } from 'fastify';

/** Requests that wait for something to happen. Each ends early when its client goes or the server stops. */
export interface Holds {
  /** Runs `wait` with a signal that aborts when there is no longer any use in waiting. */
  during<Result>(reply: FastifyReply, wait: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

export function createHolds(app: FastifyInstance): Holds {
  const open = new Set<AbortController>();
  let isStopping = false;
  app.addHook('preClose', async () => {
    isStopping = true;
    for (const hold of open) hold.abort();
  });
  return {
    async during(reply, wait) {
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
