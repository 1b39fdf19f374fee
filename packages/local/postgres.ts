import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitOf } from './child.js';
import { guarded } from './guard.js';
import { onFreePort } from './ports.js';
import { type PostgresAccount, postgresAccount } from './postgres-account.js';
import { findPostgresBinaries, type PostgresBinaries, postgresProgram } from './postgres-binaries.js';
import { isAlive, signalQuietly, stopOrphan } from './process-table.js';
import { describeExit, type Running, settlesWithin } from './running.js';
import { createSession } from './session.js';
import { StepError } from './step-error.js';

const USER = 'caviar';
const DATABASE = 'caviar';
const HOST = '127.0.0.1';
const READY_MS = 60_000; // a long write-ahead log may have to be replayed after a crash
const LOG_LIMIT_BYTES = 10e6;
const WRONG_PASSWORD = '28P01';
/** Workers that have lost us too hand their trials back: no new sessions, and the end once the last has gone, or takes too long. */
const WHEN_ALONE = [
  { afterS: 2, signal: 'TERM' },
  { afterS: 16, signal: 'INT' },
] as const;

export interface PostgresOptions {
  /** The cluster; created when missing. Its password lies beside it, in `<dataDirectory>.password`, mode 0600. */
  readonly dataDirectory: string;
  readonly logFile: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Server settings, such as `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly binaries?: PostgresBinaries;
  readonly way?: PostgresAccount['way'];
  readonly signal?: AbortSignal;
}

export interface PostgresServer extends Running {
  /** Of the database `caviar`, with the password in it. */
  readonly url: string;
  readonly port: number;
  readonly version: string;
  readonly kind: PostgresBinaries['kind'];
}

/**
 * Starts a Postgres of our own on 127.0.0.1: creates the cluster the first time, ends a server that an earlier run left
 * behind, recovers from a crash, and answers once the database `caviar` takes queries.
 *
 * @throws StepError with the last lines of the server's log
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { logFile, settings = {}, binaries = findPostgresBinaries(), signal } = options;
  mkdirSync(dirname(options.dataDirectory), { recursive: true });
  const account = postgresAccount({ ...options, binaries });
  const passwordFile = `${options.dataDirectory}.password`;
  const password = passwordIn(passwordFile);
  await initialise(account, password, signal);
  const { dataDirectory } = account;
  refuseOtherMajor(dataDirectory, binaries.version);
  await stopOrphan({
    pidFile: join(dataDirectory, 'postmaster.pid'),
    isOurs: (command) => command.includes(dataDirectory),
    signal: 'SIGINT',
    graceMs: 15_000,
  });

  const start = async (port: number) => {
    const parameters = { listen_addresses: HOST, max_connections: '200', ...settings };
    const args = ['-D', dataDirectory, '-p', String(port), '-k', ''];
    for (const [name, value] of Object.entries(parameters)) args.push('-c', `${name}=${value}`);
    const [file, fileArgs, spawnOptions] = account.command(postgresProgram(account, 'postgres'), args);
    const log = openLog(logFile);
    // A process group of its own: Ctrl-C in the terminal must reach us first, the workers still need the database.
    const child = spawn(file, fileArgs, { ...spawnOptions, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    const pidFile = join(dataDirectory, 'postmaster.pid');
    const server = runningPostgres(child, pidFile);
    try {
      await untilReady(pidFile, server, { logFile, signal });
      // sslmode: ours speaks no TLS on the loopback, whatever PGSSLMODE says about other servers
      const url = (database: string) => urlOf({ password, port, database });
      await createDatabase(url('postgres'), passwordFile);
      return { ...server, url: url(DATABASE), port, version: binaries.version, kind: binaries.kind };
    } catch (error) {
      await server.stop();
      throw error;
    }
  };
  return options.port === undefined ? onFreePort(logFile, start) : start(options.port);
}

function runningPostgres(child: ChildProcess, pidFile: string): Running {
  const pid = child.pid ?? 0;
  const exited = guarded(exitOf(child, 'SIGINT'), { pid, pidFile, steps: WHEN_ALONE });
  return {
    pid,
    exited,
    async stop(graceMs = 15_000) {
      child.kill('SIGINT'); // "fast": ends sessions, rolls back, writes a checkpoint
      if (await settlesWithin(exited, graceMs)) return;
      child.kill('SIGQUIT'); // "immediate": recovers at the next start
      await exited;
    },
    kill: () => pid > 0 && signalQuietly(pid, 'SIGINT'),
  };
}

async function initialise(account: PostgresAccount, password: string, signal?: AbortSignal): Promise<void> {
  const { dataDirectory } = account;
  if (existsSync(join(dataDirectory, 'PG_VERSION'))) return;
  // initdb in a folder of another name, renamed when done: an interrupted one leaves nothing that looks like a cluster
  if (existsSync(dataDirectory) && readdirSync(dataDirectory).length > 0) {
    throw new StepError('Postgres', `${dataDirectory} holds files that are no cluster`, 'another CAVIAR_HOME');
  }
  const unfinished = `${dataDirectory}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  account.own(unfinished);
  const passwordFile = join(dirname(unfinished), `.initdb-${randomBytes(8).toString('hex')}`);
  writeFileSync(passwordFile, password, { mode: 0o600, flag: 'wx' });
  account.own(passwordFile);
  try {
    const [file, args, options] = account.command(postgresProgram(account, 'initdb'), [
      ...['-D', unfinished, '-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
      ...['--encoding=UTF8', '--locale=C', '--no-sync'],
    ]);
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], ...(signal ? { signal } : {}) });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
    const exit = await exitOf(child);
    signal?.throwIfAborted();
    if (exit.code !== 0) {
      throw new StepError(
        'Postgres',
        `initdb: ${describeExit(exit)}: ${tail(output)}`,
        'another CAVIAR_HOME, or DATABASE_URL',
      );
    }
    renameSync(unfinished, dataDirectory);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** One major version of Postgres does not read the data of another. */
function refuseOtherMajor(dataDirectory: string, version: string): void {
  const made = readFileSync(join(dataDirectory, 'PG_VERSION'), 'utf8').trim();
  if (made === String(Number.parseInt(version, 10))) return;
  throw new StepError(
    'Postgres',
    `its data were made by Postgres ${made}, and this is ${version}`,
    `npm run db:backup where Postgres ${made} is, and npm run db:restore into another CAVIAR_HOME`,
  );
}

/** Made once, and whole or not at all: without it there is no way back into the cluster. */
function passwordIn(file: string): string {
  if (existsSync(file)) {
    const kept = readFileSync(file, 'utf8').trim();
    if (kept !== '') return kept;
  }
  const password = randomBytes(24).toString('hex');
  const part = `${file}.part`;
  writeFileSync(part, password, { mode: 0o600, flush: true });
  renameSync(part, file);
  return password;
}

/** The URL of the server that another process of this machine keeps up on the data in a home; undefined when none does. */
export function urlOfRunningPostgres(home: string): string | undefined {
  try {
    const [pid, , , port, , , , status] = readFileSync(join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
    const password = readFileSync(join(home, 'postgres.password'), 'utf8').trim();
    if (status?.trim() !== 'ready' || !isAlive(Number(pid))) return undefined;
    return urlOf({ password, port: Number(port), database: DATABASE });
  } catch {
    return undefined;
  }
}

function urlOf({
  password,
  port,
  database,
}: {
  readonly password: string;
  readonly port: number;
  readonly database: string;
}): string {
  return `postgresql://${USER}:${password}@${HOST}:${port}/${database}?sslmode=disable`;
}

/** Appends, but starts afresh when the old log has grown large. */
function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > LOG_LIMIT_BYTES) rmSync(file);
  return openSync(file, 'a');
}

/** Reads the status line of postmaster.pid as pg_ctl does: the eighth, "ready" once connections are taken. */
async function untilReady(
  pidFile: string,
  server: Running,
  { logFile, signal }: { readonly logFile: string; readonly signal: AbortSignal | undefined },
): Promise<void> {
  let gone = false;
  void server.exited.then(() => (gone = true));
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    signal?.throwIfAborted();
    if (gone) {
      throw new StepError(
        'Postgres',
        `the server stopped with ${describeExit(await server.exited)}: ${tail(readFileSync(logFile, 'utf8'))}`,
        `reading ${logFile}`,
      );
    }
    if (existsSync(pidFile)) {
      const [pid, , , , , , , status] = readFileSync(pidFile, 'utf8').split('\n');
      if (Number(pid) === server.pid && status?.trim() === 'ready') return;
    }
    await sleep(10);
  }
  throw new StepError('Postgres', `it was not ready within ${READY_MS / 1000} s`, `reading ${logFile}`);
}

async function createDatabase(adminUrl: string, passwordFile: string): Promise<void> {
  const client = createSession(adminUrl);
  try {
    await client.connect();
  } catch (error) {
    if ((error as { code?: string }).code !== WRONG_PASSWORD) throw error;
    throw new StepError(
      'Postgres',
      `the password beside its data, ${passwordFile}, is not the one that they were made with`,
      'the file as it was, from the same backup as the data, or another CAVIAR_HOME',
    );
  }
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function tail(text: string): string {
  return text.trim().split('\n').slice(-3).join(' | ');
}
