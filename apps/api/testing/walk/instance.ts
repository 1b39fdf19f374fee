import type { FastifyInstance } from 'fastify';

export type Answer = Awaited<ReturnType<FastifyInstance['inject']>>;

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: object | undefined;
}

/** An instance of the API that listens. */
export interface Instance {
  readonly baseUrl: string;
  send(request: Request): Promise<Answer>;
  /** Kills it, and starts another that knows nothing; where that can be done. */
  readonly restart?: () => Promise<void>;
}

/** One in this process. */
export async function instanceHere(app: FastifyInstance): Promise<Instance> {
  const baseUrl = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    baseUrl,
    send: ({ payload, ...request }) => app.inject({ ...request, ...(payload !== undefined && { payload }) }),
  };
}

/** A process of the API, which answers somewhere, until it is killed. */
interface Process {
  readonly url: string;
  kill(): Promise<void>;
}

/** One in a process with a memory of its own, of the kind that `start` starts. */
export async function instanceOfItsOwn(start: () => Promise<Process>): Promise<Instance> {
  let running = await start();
  return {
    get baseUrl() {
      return running.url;
    },
    async send({ method, url, headers = {}, payload }) {
      const body = payload === undefined ? null : JSON.stringify(payload);
      const type = body === null ? {} : { 'content-type': 'application/json' };
      const response = await fetch(`${running.url}${url}`, { method, body, headers: { ...type, ...headers } });
      const text = await response.text();
      const answer = {
        statusCode: response.status,
        headers: Object.fromEntries(response.headers),
        body: text,
        json: () => JSON.parse(text) as unknown,
      };
      return answer as unknown as Answer;
    },
    async restart() {
      await running.kill();
      running = await start();
    },
  };
}
