import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, startTestRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';

// `npm start` as its users meet it: a process with a standard output, signals and an exit code.

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = mkdtempSync(join(tmpdir(), 'caviar-start-test-'));
const started: Start[] = [];
afterAll(() => {
  for (const { child } of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Start {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

const DIRECTLY = [process.execPath, join(root, 'scripts', 'caviar.mjs'), 'start'] as const;
const BY_NPM = ['npm', 'start', '--silent'] as const;
const BY_CLI = [process.execPath, join(root, 'apps', 'cli', 'bin', 'caviar.mjs'), 'up'] as const;

function start(
  home: string,
  environment: NodeJS.ProcessEnv = {},
  user?: User,
  command: readonly string[] = DIRECTLY,
): Start {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(CAVIAR_|PORT$|HOST$|VITEST|NODE_ENV)/.test(name)),
  );
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: root,
    env: { ...inherited, CAVIAR_HOME: home, PORT: '0', CAVIAR_WORKERS: '1', CAVIAR_NODE: 'host', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a process group of its own, as a shell makes one
    ...user,
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const running = { child, exit, stdout: () => output.stdout, stderr: () => output.stderr };
  started.push(running);
  return running;
}

async function untilReady({ stdout, stderr, child }: Start): Promise<string> {
  for (;;) {
    const url = /^caviar ready (http:\/\/\S+)\n/.exec(stdout())?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${stderr()}`);
    await sleep(20);
  }
}

/** Command lines of the processes that belong to a data folder. Linux tells; elsewhere there is nothing to compare. */
function processesOf(home: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      return command.includes(home) || environment.includes(`CAVIAR_HOME=${home}\0`) ? [command] : [];
    } catch {
      return []; // gone in the meantime
    }
  });
}

async function untilGone(home: string, withinMs: number): Promise<string[]> {
  for (const deadline = Date.now() + withinMs; processesOf(home).length > 0 && Date.now() < deadline; ) await sleep(50);
  return processesOf(home);
}

describe('npm start', () => {
  const home = join(folder, 'home');

  test('says that it is ready once it answers, and ends with 0 on SIGTERM, leaving nothing', async () => {
    const running = start(home);
    const url = await untilReady(running);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const { items } = (await (await fetch(`${url}/v1/workers`)).json()) as { items: { status: string }[] };
    expect(items.filter(({ status }) => status === 'active')).toHaveLength(1);
    running.child.kill('SIGTERM');
    expect(await running.exit).toBe(0);
    expect(running.stdout()).toBe(`caviar ready ${url}\n`);
    for (const line of running.stderr().trim().split('\n'))
      if (line.startsWith('{')) expect(JSON.parse(line)).toHaveProperty('msg');
    expect(processesOf(home)).toEqual([]);
  });

  test('ends when npm, which started it, is told to end', async () => {
    const home = join(folder, 'npm');
    const running = start(home, {}, undefined, BY_NPM);
    await untilReady(running);
    running.child.kill('SIGTERM');
    expect(await untilGone(home, 15_000)).toEqual([]);
  });

  // SIGINT is left out: the shell that npm passes it on to waits for its child, which never hears of it.
  test.skipIf(process.platform !== 'linux')('ends when npm is killed, and its shell lives on', async () => {
    const running = start(home, {}, undefined, BY_NPM);
    await untilReady(running);
    running.child.kill('SIGKILL');
    expect(await untilGone(home, 15_000)).toEqual([]);
  });

  test.each(['SIGINT', 'SIGHUP'] as const)('`caviar up` passes on %s that it alone is sent', async (signal) => {
    const running = start(home, {}, undefined, BY_CLI);
    await untilReady(running);
    running.child.kill(signal);
    expect(await running.exit).toBe(0);
    expect(await untilGone(home, 15_000)).toEqual([]);
  });

  test('`caviar up` takes the service along when it is killed', async () => {
    const running = start(home, {}, undefined, BY_CLI);
    await untilReady(running);
    running.child.kill('SIGKILL');
    expect(await untilGone(home, 15_000)).toEqual([]);
  });

  test('stays up when nobody reads its log any more, as behind `| head`, and ends when it is told to', async () => {
    const running = start(home);
    running.child.stderr?.once('data', () => running.child.stderr?.destroy());
    const url = await untilReady(running);
    for (const path of ['/readyz', '/no/such/path', '/v1/searches']) await fetch(url + path);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    running.child.kill('SIGHUP');
    expect(await running.exit).toBe(0);
    expect(processesOf(home)).toEqual([]);
  });

  test('Ctrl-C, which reaches the whole process group, ends it in order too', async () => {
    const running = start(home);
    await untilReady(running);
    process.kill(-(running.child.pid ?? 0), 'SIGINT');
    expect(await running.exit).toBe(0);
    expect(processesOf(home)).toEqual([]);
  });

  test('killed with SIGKILL, it takes its services along, and the next start finds everything', async () => {
    const killed = start(home);
    const url = await untilReady(killed);
    const created = await fetch(`${url}/v1/searches`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'survivor',
        trainer: { kind: 'quadratic' },
        space: { learningRate: { kind: 'float', min: 0.001, max: 0.5, scale: 'log' } },
        stop: { maxTrials: 5 },
      }),
    });
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };
    killed.child.kill('SIGKILL');
    await killed.exit;
    expect(await untilGone(home, 30_000)).toEqual([]);

    const next = start(home, { PORT: new URL(url).port });
    expect(await untilReady(next)).toBe(url);
    for (let status = ''; status !== 'completed'; await sleep(100)) {
      ({ status } = (await (await fetch(`${url}/v1/searches/${id}`)).json()) as { status: string });
    }
    next.child.kill('SIGTERM');
    expect(await next.exit).toBe(0);
    expect(await untilGone(home, 2_000)).toEqual([]);
  });

  test('a bad setting stops it with one line on stderr and exit code 1', async () => {
    const running = start(home, { PORT: 'eighty' });
    expect(await running.exit).toBe(1);
    expect(running.stderr()).toMatch(/^caviar: PORT must be [^\n]*"eighty"[^\n]*\n$/);
    expect(running.stdout()).toBe('');
  });

  test('keeps passwords, keys and secrets to itself, however it goes', async () => {
    const database = await createTestDatabase();
    const redis = await startTestRedis({});
    const secrets = {
      key: 'key-5f1d0c7ab2',
      database: new URL(database.url).password,
      away: 'away-77d3bc02',
      // As it stands in the URL: the word itself is "test".
      redis: `:${new URL(redis.url).password}@`,
      broken: 'broken-0a4418ef',
    };
    const settings = {
      LOG_LEVEL: 'trace',
      CAVIAR_API_KEYS: secrets.key,
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
    };
    const running = start(home, settings);
    const url = await untilReady(running);
    const call = (path: string, body: object) =>
      fetch(url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${secrets.key}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).then((response) => response.json() as Promise<{ id: string; secret: string }>);
    const space = { learningRate: { kind: 'float', min: 0.001, max: 0.5, scale: 'log' } };
    const search = { trainer: { kind: 'quadratic' }, space, stop: { maxTrials: 2 }, parallelism: 1 };
    const { id } = await call('/v1/searches', search);
    const hook = await call(`/v1/searches/${id}/webhooks`, { url: 'http://127.0.0.1:9/' });
    running.child.kill('SIGTERM');
    expect(await running.exit).toBe(0);

    // Servers that are not there, and settings that make no sense.
    const away = { DATABASE_URL: `postgresql://caviar:${secrets.away}@127.0.0.1:9/caviar` };
    const failures = [
      away,
      { ...away, DATABASE_URL: `mysql://caviar:${secrets.broken}@127.0.0.1/caviar` },
      { DATABASE_URL: database.url, REDIS_URL: `redis://:${secrets.away}@127.0.0.1:9` },
      { REDIS_URL: `redis:/${secrets.broken}` },
      { CAVIAR_API_KEYS: `${secrets.broken}, `, HOST: 'no such host' },
    ].map((change, i) => start(join(folder, `failing ${i}`), { ...settings, ...change }));
    expect(await Promise.all(failures.map(({ exit }) => exit))).toEqual([1, 1, 1, 1, 1]);
    await redis.stop();
    await database.drop();

    const written = [running, ...failures].map(({ stdout, stderr }) => stdout() + stderr()).join('\n');
    expect(written).toContain('worker ready');
    expect(written).toContain('nothing answers at 127.0.0.1:9');
    for (const [name, secret] of Object.entries({ ...secrets, webhook: hook.secret })) {
      expect(secret.length, name).toBeGreaterThan(3);
      const at = written.indexOf(secret);
      expect(at < 0 ? '' : written.slice(at - 200, at), `${name} was written behind`).toBe('');
    }
  });

  const canBeNobody = process.getuid?.() === 0;
  test.skipIf(!canBeNobody)('runs as a user who is not root and owns nothing of the checkout', async ({ skip }) => {
    const nobody = { uid: 65534, gid: 65534 };
    const probe = spawn(process.execPath, ['-e', `require('fs').accessSync(${JSON.stringify(root)})`], nobody);
    const code = await new Promise((resolve) => probe.once('exit', resolve));
    if (code !== 0) skip('the checkout is closed to other users');
    chmodSync(folder, 0o755);
    const theirs = join(folder, 'theirs');
    mkdirSync(theirs);
    chownSync(theirs, nobody.uid, nobody.gid);
    const running = start(theirs, { HOME: theirs }, nobody);
    const url = await untilReady(running);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    running.child.kill('SIGTERM');
    expect(await running.exit).toBe(0);
    expect(processesOf(theirs)).toEqual([]);
  });
});
