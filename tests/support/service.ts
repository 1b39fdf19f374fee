import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, startTestRedis } from '@caviar/testing';

const root = new URL('../../', import.meta.url);
const API = fileURLToPath(new URL('apps/api/dist/server.js', root));
const WORKER = fileURLToPath(new URL('apps/worker/dist/main.js', root));

/** An API and workers as processes of their own, as an operator runs them. */
export interface Service {
  /** Where it answers, without a slash at the end. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** All that its processes have written so far. */
  output(): string;
  stop(): Promise<void>;
}

export async function startService({
  workers,
  env = {},
}: {
  readonly workers: number;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<Service> {
  const database = await createTestDatabase();
  const redis = await startTestRedis();
  const settings = {
    PATH: process.env['PATH'],
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    PORT: '0',
    LOG_LEVEL: 'error',
    ...env,
  };
  let output = '';
  const start = (script: string): ChildProcess => {
    const child = spawn(process.execPath, [script], { env: settings, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      output += text;
      // Whoever asks for more of the log reads it.
      if (env['LOG_LEVEL'] === undefined) process.stderr.write(text);
    });
    return child;
  };
  const api = start(API);
  const children = [api, ...Array.from({ length: workers }, () => start(WORKER))];
  const stop = async () => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
    await redis.stop();
    await database.drop();
  };
  try {
    return {
      url: await readyLine(api),
      databaseUrl: database.url,
      redisUrl: redis.url,
      output: () => output,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readyLine(api: ChildProcess): Promise<string> {
  let said = '';
  for await (const chunk of api.stdout!) {
    said += String(chunk);
    const [, url] = /caviar ready (\S+)\n/.exec(said) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error('the API ended before it was ready');
}
