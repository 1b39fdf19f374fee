import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quadraticSpec } from './testing/wire.js';

/** The program as it is shipped. */
const SCRIPT = fileURLToPath(new URL('./dist/server.js', import.meta.url));

const database = await createTestDatabase();
const settings = { DATABASE_URL: database.url, REDIS_URL: testRedis().url, PORT: '0', LOG_LEVEL: 'info' };
const started: ChildProcess[] = [];

beforeAll(() => {
  expect(existsSync(SCRIPT), 'apps/api is compiled (npm run build)').toBe(true);
});
afterAll(async () => {
  for (const child of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await database.drop();
});

interface Server {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exited: Promise<number | null>;
}

function start(env: Record<string, string>, withChannel = false): Server {
  const options = { env: { PATH: process.env['PATH'], ...env }, execArgv: [] };
  const child = withChannel
    ? fork(SCRIPT, [], { ...options, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    : spawn(process.execPath, [SCRIPT], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (data) => {
    output.stdout += data;
  });
  child.stderr?.on('data', (data) => {
    output.stderr += data;
  });
  // Not 'close': it never comes once the IPC channel was closed from this side.
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  return { child, stdout: () => output.stdout, stderr: () => output.stderr, exited };
}

async function ready(server: Server): Promise<string> {
  await expect.poll(server.stdout, { timeout: 120_000 }).toMatch(/^caviar ready http:\/\/127\.0\.0\.1:\d+\n$/);
  return server.stdout().trim().replace('caviar ready ', '');
}

describe('the process on its own', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'says where it listens, serves, answers held requests on %s, and ends with 0',
    async (signal) => {
      const server = start(settings);
      const url = await ready(server);
      const json = { 'content-type': 'application/json' };
      const created = await fetch(`${url}/v1/searches`, {
        method: 'POST',
        headers: json,
        body: JSON.stringify(quadraticSpec),
      });
      const { id } = (await created.json()) as { id: string };
      const board = `${url}/v1/searches/${id}/leaderboard`;
      const etag = (await fetch(board)).headers.get('etag') ?? '';
      const held = fetch(`${board}?waitMs=60000`, { headers: { 'if-none-match': etag } });
      await expect.poll(async () => (await fetch(`${url}/metrics`)).text()).toContain('\ncaviar_held_requests 1\n');
      server.child.kill(signal);
      expect((await held).status).toBe(304);
      expect(await server.exited).toBe(0);
      expect(server.stdout()).toBe(`caviar ready ${url}\n`);
      for (const line of server.stderr().trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ name: 'api' });
    },
  );

  test('starts while Postgres and Redis are away: it says so at /readyz', async () => {
    const server = start({ ...settings, DATABASE_URL: 'postgres://127.0.0.1:1/x', REDIS_URL: 'redis://127.0.0.1:1' });
    const url = await ready(server);
    const response = await fetch(`${url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ checks: { postgres: 'unavailable', redis: 'unavailable' } });
    server.child.kill('SIGTERM');
    expect(await server.exited).toBe(0);
  });

  test('with bad settings says what is wrong, a line for each, and ends with 2', async () => {
    const server = start({ PORT: 'x', REDIS_URL: settings.REDIS_URL });
    expect(await server.exited).toBe(2);
    expect(server.stdout()).toBe('');
    const lines = server.stderr().trim().split('\n');
    expect(lines.map((line) => line.split(':', 2).join(':'))).toEqual(['caviar api: PORT', 'caviar api: DATABASE_URL']);
  });

  test('without keys does not listen where others could reach it', async () => {
    const server = start({ ...settings, HOST: '0.0.0.0' });
    expect(await server.exited).toBe(2);
    expect(server.stderr()).toMatch(/^caviar api: HOST: .*CAVIAR_API_KEYS.*\n$/);
  });

  test('says that its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const server = start({ ...settings, PORT: port });
    expect(await server.exited).toBe(1);
    expect(server.stderr()).toContain(`port ${port} of 127.0.0.1 is taken`);
    other.close();
  });
});

describe('under a supervisor', () => {
  const supervised = { ...settings, CAVIAR_SUPERVISED: '1' };

  test('reports over IPC, leaves stdout and SIGINT alone, and ends with the supervisor', async () => {
    const server = start(supervised, true);
    const [message] = await once(server.child, 'message');
    expect(message).toEqual({ kind: 'ready', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    server.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await fetch(`${message.url}/healthz`)).status).toBe(200);
    server.child.disconnect();
    expect(await server.exited).toBe(0);
    expect(server.stdout()).toBe('');
  });
});
