import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, startTestRedis } from '@caviar/testing';

const root = new URL('../../', import.meta.url);
const SCRIPTS = {
  api: fileURLToPath(new URL('apps/api/dist/server.js', root)),
  worker: fileURLToPath(new URL('apps/worker/dist/main.js', root)),
};

type Environment = Readonly<Record<string, string>>;

/** A process of ours, as an operator runs it. */
export interface Program {
  readonly process: ChildProcess;
  /** SIGTERM, and waits; gives the exit code, null where a signal ended it. */
  stop(): Promise<number | null>;
  /** SIGKILL, and waits. */
  kill(): Promise<void>;
}

export interface Api extends Program {
  /** Where it answers, without a slash at the end. */
  readonly url: string;
}

/** APIs and workers that come and go, each with settings of its own, on one Postgres and one Redis. */
export interface Fleet {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** All that its processes have written so far. */
  output(): string;
  /** Each resolves when the process is ready. */
  addApi(env?: Environment): Promise<Api>;
  addWorker(env?: Environment): Promise<Program>;
  stop(): Promise<void>;
}

export interface FleetOptions {
  readonly env?: Environment;
  /** Servers of the caller's instead of fresh ones. */
  readonly servers?: { readonly databaseUrl: string; readonly redisUrl: string };
  /** What is run: this checkout's if left out. */
  readonly scripts?: typeof SCRIPTS;
}

export async function startFleet({ env = {}, servers, scripts = SCRIPTS }: FleetOptions = {}): Promise<Fleet> {
  const theirs = { drop: async () => {}, stop: async () => {} };
  const database = servers === undefined ? await createTestDatabase() : { ...theirs, url: servers.databaseUrl };
  const redis = servers === undefined ? await startTestRedis() : { ...theirs, url: servers.redisUrl };
  const settings = {
    PATH: process.env['PATH'],
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    PORT: '0',
    LOG_LEVEL: 'error',
    ...env,
  };
  const programs: Program[] = [];
  let output = '';

  async function start(script: string, own: Environment): Promise<Program & { readonly url: string | undefined }> {
    const child = fork(script, [], { env: { ...settings, ...own }, silent: true, execArgv: [] });
    child.stdout!.on('data', (text) => {
      output += text;
    });
    child.stderr!.on('data', (text) => {
      output += text;
      // Whoever asks for more of the log reads it.
      if (env['LOG_LEVEL'] === undefined) process.stderr.write(text);
    });
    const ended = once(child, 'exit');
    const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill(signal);
        await ended;
      }
      return child.exitCode;
    };
    const program = { process: child, stop: () => end('SIGTERM'), kill: async () => void (await end('SIGKILL')) };
    programs.push(program);
    const failed = ended.then(() => {
      throw new Error(`a process ended before it was ready: ${output.slice(-2_000)}`);
    });
    const [said] = await Promise.race([once(child, 'message'), failed]);
    failed.catch(() => {});
    return { ...program, url: (said as { readonly url?: string }).url };
  }

  return {
    databaseUrl: database.url,
    redisUrl: redis.url,
    output: () => output,
    async addApi(own = {}) {
      const { url, ...program } = await start(scripts.api, own);
      if (url === undefined) throw new Error('the API did not say where it listens');
      return { ...program, url };
    },
    addWorker: (own = {}) => start(scripts.worker, own),
    async stop() {
      await Promise.all(programs.map((program) => program.stop()));
      await redis.stop();
      await database.drop();
    },
  };
}
