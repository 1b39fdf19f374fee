import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { readConfig } from './config.js';
import type { Home } from './home.js';
import type { Log } from './log.js';
import { freePort } from './ports.js';
import { isAlive } from './process-table.js';
import { serviceSpecs } from './services.js';
import { type Stack, type StackOptions, startStack } from './stack.js';

const folder = mkdtempSync(join(tmpdir(), 'caviar-stack-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Stand-ins for the API and the worker, which keep their promises: ready over IPC, SIGTERM and a lost parent end them.
const COMMON = `
  import { appendFileSync } from 'node:fs';
  const note = (what) => appendFileSync(process.env.CAVIAR_HOME + '/notes', what + '\\n');
  process.on('SIGINT', () => undefined);
  const end = (name) => () => { note(name + ' stopped'); process.exit(0); };
`;
const API = `${COMMON}
  import { createServer } from 'node:http';
  const server = createServer((request, response) => response.end(JSON.stringify(process.env)));
  server.listen(Number(process.env.PORT), process.env.HOST, () =>
    process.send({ kind: 'ready', url: 'http://' + process.env.HOST + ':' + server.address().port }));
  process.on('SIGTERM', end('api')); process.on('disconnect', end('api'));
`;
const WORKER = `${COMMON}
  setInterval(() => undefined, 1e6);
  process.on('SIGTERM', end('worker')); process.on('disconnect', end('worker'));
  process.send({ kind: 'ready' });
`;

function script(name: string, text: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, text);
  return path;
}

const scripts = { api: script('api', API), worker: script('worker', WORKER) };

// One data folder for all: it must be as good as new after each test, and is migrated once.
function options(environment: NodeJS.ProcessEnv = {}, name = 'one'): StackOptions & { messages: string[] } {
  const messages: string[] = [];
  const note = (message: string) => void messages.push(message);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const config = readConfig({}, { CAVIAR_HOME: join(folder, name), PORT: '0', CAVIAR_WORKERS: '2', ...environment });
  return { config, log, signal: new AbortController().signal, output: 'files', scripts, messages };
}

const pidsOf = ({ api, workers }: Stack) => [api, ...workers].map((service) => service.current()?.pid ?? 0);

async function until(condition: () => boolean, limitMs = 10_000): Promise<void> {
  for (const deadline = Date.now() + limitMs; !condition(); await sleep(10)) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
  }
}

describe('startStack', () => {
  test('brings everything up, tells the services where things are, and takes everything down in order', async () => {
    const given = options();
    const steps: string[] = [];
    const stack = await startStack({ ...given, onStep: ({ step }) => steps.push(step) });
    expect([...steps.slice(0, 2)].sort()).toEqual(['postgres', 'redis']);
    expect([...steps.slice(2)].sort()).toEqual(['api', 'migrations', 'workers']);

    const environment = (await (await fetch(stack.url)).json()) as NodeJS.ProcessEnv;
    expect(environment).toMatchObject({ CAVIAR_SUPERVISED: '1', CAVIAR_HOME: given.config.home, HOST: '127.0.0.1' });
    const client = new pg.Client({ connectionString: environment['DATABASE_URL'] });
    await client.connect();
    const { rows } = await client.query('SELECT count(*)::int AS finished FROM _prisma_migrations');
    expect(rows[0].finished).toBeGreaterThan(0);
    await client.end();
    expect(environment['REDIS_URL']).toMatch(/^redis:\/\/:[0-9a-f]{48}@127\.0\.0\.1:\d+$/);

    const pids = pidsOf(stack);
    expect(new Set(pids).size).toBe(3);
    await stack.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    const notes = readFileSync(join(given.config.home, 'notes'), 'utf8').trim().split('\n');
    expect(notes).toEqual(['worker stopped', 'worker stopped', 'api stopped']); // the first test to write there

    const again = await startStack(given); // the folder is as good as before, and nothing is left of its owner
    await again.stop();
  });

  test('starts dead processes again: workers, the API on its port, the database on its own', async () => {
    const given = options();
    const stack = await startStack(given);
    const before = pidsOf(stack);
    const { DATABASE_URL = '' } = (await (await fetch(stack.url)).json()) as NodeJS.ProcessEnv;
    for (const pid of before) process.kill(pid, 'SIGKILL');
    const postmaster = Number.parseInt(readFileSync(join(given.config.home, 'postgres', 'postmaster.pid'), 'utf8'), 10);
    process.kill(postmaster, 'SIGKILL');

    await until(() => given.messages.filter((message) => message.endsWith('is up again')).length === 4);
    expect(pidsOf(stack).filter((pid) => before.includes(pid))).toEqual([]);
    const after = (await (await fetch(stack.url)).json()) as NodeJS.ProcessEnv;
    expect(after['DATABASE_URL']).toBe(DATABASE_URL);
    const client = new pg.Client({ connectionString: DATABASE_URL });
    await client.connect();
    await client.end();
    await stack.stop();
    expect(pidsOf(stack)).toEqual([0, 0, 0]);
  });

  const home: Home = {
    path: folder,
    postgres: folder,
    redis: folder,
    logs: folder,
    isRecovered: false,
    release() {},
  };

  test('starts workers, and nothing else, on the Node that CAVIAR_NODE names', () => {
    const other = scripts.api; // any file
    const { config } = options({ CAVIAR_NODE: other });
    const urls = { databaseUrl: 'postgresql://x', redisUrl: 'redis://x' };
    const { api, workers } = serviceSpecs({ config, home, output: 'stderr', scripts, ...urls });
    expect(api.command).toBe(process.execPath);
    expect(workers.map(({ command }) => command)).toEqual([other, other]);
  });

  test('has workers be thrifty with memory, as their image does', () => {
    const { config } = options();
    const urls = { databaseUrl: 'postgresql://x', redisUrl: 'redis://x' };
    const { api, workers } = serviceSpecs({ config, home, output: 'stderr', scripts, ...urls });
    const image = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
    const settings = (env: Readonly<NodeJS.ProcessEnv>) =>
      Object.entries(env).filter(([name]) => name.startsWith('MALLOC_'));
    expect(api.execArgv).toEqual([]);
    expect(settings(api.env)).toEqual([]);
    expect(workers).toHaveLength(2);
    for (const { execArgv, env } of workers) {
      expect(execArgv).toHaveLength(3);
      const command = ['node', ...execArgv, 'apps/worker/dist/main.js'];
      expect(image).toContain(`CMD [${command.map((word) => `"${word}"`).join(', ')}]`);
      expect(settings(env)).toHaveLength(2);
      for (const [name, value] of settings(env)) expect(image).toContain(`${name}=${value}`);
    }
  });

  test('leaves nothing behind when a service does not come up, and tells which and why', async () => {
    const broken = { ...scripts, worker: script('broken', 'console.error("no such trainer"); process.exit(3);') };
    const given = { ...options(), scripts: broken };
    await expect(startStack(given)).rejects.toThrow(
      /^worker \d failed: it ended with exit code 3 before it was ready: no such trainer. Try: reading .*worker-\d\.log$/,
    );
    await expect(fetch(`http://127.0.0.1:${given.config.port}`)).rejects.toThrow();
    const healthy = await startStack({ ...given, scripts });
    await healthy.stop();
  });

  test('stops in the middle of a start', async () => {
    for (const afterMs of [20, 300, 900]) {
      const abort = new AbortController();
      const starting = startStack({ ...options(), signal: abort.signal });
      setTimeout(() => abort.abort(new Error('Ctrl-C')), afterMs);
      const outcome = await starting.catch((error: Error) => error.message);
      if (typeof outcome === 'string') expect(outcome).toBe('Ctrl-C');
      else await outcome.stop();
    }
    await (await startStack(options())).stop();
  });

  test('runs without workers', async () => {
    const stack = await startStack(options({ CAVIAR_WORKERS: '0' }));
    expect(stack.workers).toEqual([]);
    expect((await fetch(`${stack.url}/readyz`)).status).toBe(200);
    await stack.stop();
  });

  test('refuses a port that is taken before it starts any server', async () => {
    const stack = await startStack(options({ CAVIAR_WORKERS: '0' }));
    const second = options({ PORT: new URL(stack.url).port }, 'other');
    await expect(startStack(second)).rejects.toThrow(
      /^API failed: port \d+ of 127\.0\.0\.1 is taken\. Try: another PORT/,
    );
    expect(readdirSync(join(folder, 'other'))).toEqual(['logs']);
    expect(second.messages).toEqual([]);
    await stack.stop();
  });

  test('refuses a second start in the same folder', async () => {
    const stack = await startStack(options({ CAVIAR_WORKERS: '0' }));
    const lock = join(folder, 'one', 'lock');
    const owner = JSON.parse(readFileSync(lock, 'utf8'));
    writeFileSync(lock, JSON.stringify({ ...owner, pid: process.ppid, command: readCommand(process.ppid) }));
    await expect(startStack(options())).rejects.toThrow(/is in use by another Caviar/);
    await stack.stop();
  });

  test.each([
    [
      { DATABASE_URL: 'postgresql://u@127.0.0.1:PORT/x' },
      /^Postgres failed: nothing answers at 127\.0\.0\.1:\d+\. Try: checking DATABASE_URL/,
    ],
    [
      { REDIS_URL: 'redis://127.0.0.1:PORT' },
      /^Redis failed: nothing answers at 127\.0\.0\.1:\d+\. Try: checking REDIS_URL/,
    ],
  ])('uses the server that is named, and says when it does not answer', async (environment, expected) => {
    const port = String(await freePort());
    const given = Object.fromEntries(
      Object.entries(environment).map(([name, url]) => [name, url.replace('PORT', port)]),
    );
    await expect(startStack(options(given))).rejects.toThrow(expected);
  });
});

function readCommand(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
}
