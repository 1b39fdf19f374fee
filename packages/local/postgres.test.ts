import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, test } from 'vitest';
import { freePort } from './ports.js';
import { type PostgresOptions, type PostgresServer, startPostgres } from './postgres.js';
import { postgresAccount } from './postgres-account.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { isAlive } from './process-table.js';

const folder = mkdtempSync(join(tmpdir(), 'caviar-postgres-test-'));
const options = (name: string): PostgresOptions => ({
  dataDirectory: join(folder, name),
  logFile: join(folder, `${name}.log`),
  settings: { fsync: 'off' },
});
const started: PostgresServer[] = [];
afterAll(async () => {
  await Promise.all(started.map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(given: PostgresOptions): Promise<PostgresServer> {
  const server = await startPostgres(given);
  started.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // the server may be killed under it
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('startPostgres', () => {
  test('keeps its data over a stop and a start, on the port it is given', async () => {
    const first = await start(options('kept'));
    await query(first.url, 'CREATE TABLE t (x int); INSERT INTO t VALUES (7)');
    await first.stop();
    expect(await first.exited).toEqual({ code: 0, signal: null });

    const port = await freePort();
    const second = await start({ ...options('kept'), port });
    expect(second.port).toBe(port);
    expect(await query(second.url, 'SELECT x FROM t')).toEqual([{ x: 7 }]);
    expect(Number.parseInt(second.version, 10)).toBeGreaterThanOrEqual(15);
  });

  test('makes a password where a full disk has left an empty file, and says so when it is not that of the data', async () => {
    const settings = options('password');
    const file = `${settings.dataDirectory}.password`;
    writeFileSync(file, '');
    const first = await start(settings);
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{48}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await first.stop();
    rmSync(file);
    await expect(startPostgres(settings)).rejects.toThrow(/the password beside its data, .*password\.password, is not/);
  });

  test('leaves alone a folder that is no cluster', async () => {
    const settings = options('strange');
    mkdirSync(settings.dataDirectory);
    writeFileSync(join(settings.dataDirectory, 'mine.txt'), 'x');
    await expect(startPostgres(settings)).rejects.toThrow(/strange holds files that are no cluster\. Try: another/);
  });

  test('leaves alone the data of another major version, and says what helps', async () => {
    const settings = options('older');
    mkdirSync(settings.dataDirectory);
    writeFileSync(join(settings.dataDirectory, 'PG_VERSION'), '9\n');
    await expect(startPostgres(settings)).rejects.toThrow(
      /made by Postgres 9, and this is \d+.* Try: npm run db:backup/,
    );
  });

  test('listens on the loopback only, and asks for its password', async () => {
    const server = await start(options('safe'));
    expect(await query(server.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    const stranger = new URL(server.url);
    stranger.password = 'guess';
    await expect(query(stranger.toString(), 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect(statSync(join(folder, 'safe.password')).mode & 0o777).toBe(0o600);
  });

  test('recovers committed data after a SIGKILL', async () => {
    const server = await start(options('killed'));
    await query(server.url, 'CREATE TABLE t (x int); INSERT INTO t VALUES (1)');
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
    const again = await start(options('killed'));
    expect(await query(again.url, 'SELECT x FROM t')).toEqual([{ x: 1 }]);
  });

  test('ends the server that a killed run left behind', async () => {
    const orphan = await start(options('orphan'));
    const heir = await start(options('orphan'));
    expect(isAlive(orphan.pid)).toBe(false);
    expect(await query(heir.url, 'SELECT 1 AS x')).toEqual([{ x: 1 }]);
  });

  test('starts beside a stranger that has the id in its old pid file', async () => {
    const server = await start(options('stranger'));
    const pidFile = join(folder, 'stranger', 'postmaster.pid');
    const lines = readFileSync(pidFile, 'utf8').split('\n');
    await server.stop();
    writeFileSync(pidFile, [process.ppid, ...lines.slice(1)].join('\n'));
    const again = await start(options('stranger'));
    expect(await query(again.url, 'SELECT 1 AS x')).toEqual([{ x: 1 }]);
    expect(isAlive(process.ppid)).toBe(true);
  });

  test('says why it could not start, in the server’s own words', async () => {
    const bad = { ...options('bad'), settings: { shared_buffers: 'plenty' } };
    await expect(startPostgres(bad)).rejects.toThrow(/^Postgres failed: .*shared_buffers.* Try: reading .*bad\.log$/);
  });

  test('stops in the middle of creating its files, and can be started later', async () => {
    const abort = new AbortController();
    const starting = startPostgres({ ...options('aborted'), signal: abort.signal });
    setTimeout(() => abort.abort(new Error('enough')), 100);
    await expect(starting).rejects.toThrow('enough');
    const server = await start(options('aborted'));
    expect(await query(server.url, 'SELECT 1 AS x')).toEqual([{ x: 1 }]);
  });

  test.skipIf(process.getuid?.() !== 0)('runs as nobody where root has no user namespaces', async () => {
    chmodSync(folder, 0o755); // a temporary folder is closed to others
    const server = await start({ ...options('nobody'), way: 'nobody' });
    expect(statSync(join(folder, 'nobody')).uid).not.toBe(0);
    expect(await query(server.url, 'SELECT 1 AS x')).toEqual([{ x: 1 }]);
  });
});

test.skipIf(process.getuid?.() !== 0)('nobody’s data move to where nobody can reach them', () => {
  const closed = mkdtempSync(join(tmpdir(), 'caviar-closed-'));
  const account = postgresAccount({
    binaries: findPostgresBinaries(),
    dataDirectory: join(closed, 'data'),
    way: 'nobody',
  });
  expect(account.dataDirectory).toMatch(/^\/var\/lib\/caviar\/data-[0-9a-f]{16}$/);
  rmSync(closed, { recursive: true });
});

describe('findPostgresBinaries', () => {
  test('takes the one that npm installed', () => {
    expect(findPostgresBinaries({ systemFolders: [] }).kind).toBe('npm');
  });

  test('falls back to one of the system on other platforms', () => {
    const { home } = findPostgresBinaries();
    const found = findPostgresBinaries({ arch: 'riscv64', systemFolders: ['/nowhere/bin', join(home, 'bin')] });
    expect(found).toMatchObject({ kind: 'system', home });
  });

  test('names the ways out when there is none', () => {
    expect(() => findPostgresBinaries({ arch: 'riscv64', systemFolders: [] })).toThrow(/riscv64.*DATABASE_URL/);
  });
});
