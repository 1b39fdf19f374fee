import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
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

const SERVER = fileURLToPath(new URL('../../dist/server.js', import.meta.url));

/** One as it is shipped, in a process with a memory of its own. The caller stops it. */
export async function instanceOfItsOwn({
  databaseUrl,
  redisUrl,
  environment,
}: {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly environment: NodeJS.ProcessEnv;
}): Promise<Instance & { stop(): Promise<void> }> {
  let child: ChildProcess;
  let baseUrl = '';
  const start = async () => {
    const env = {
      ...environment,
      PORT: '0',
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      CAVIAR_SUPERVISED: '1',
      LOG_LEVEL: 'error',
    };
    child = fork(SERVER, [], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
    [{ url: baseUrl }] = (await once(child, 'message')) as [{ readonly url: string }];
  };
  const stop = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  await start();
  return {
    get baseUrl() {
      return baseUrl;
    },
    async send({ method, url, headers = {}, payload }) {
      const body = payload === undefined ? null : JSON.stringify(payload);
      const type = body === null ? {} : { 'content-type': 'application/json' };
      const response = await fetch(`${baseUrl}${url}`, { method, body, headers: { ...type, ...headers } });
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
      await stop();
      await start();
    },
    stop,
  };
}
