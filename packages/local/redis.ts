import { type ChildProcess, fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { exitOf } from './child.js';
import { serverEnvironment } from './config.js';
import { guarded } from './guard.js';
import { onFreePort } from './ports.js';
import { signalQuietly, stopOrphan } from './process-table.js';
import { chooseRedis, type RedisChoice } from './redis-binaries.js';
import { askRedis } from './redis-talk.js';
import { describeExit, type Exit, type Running, settlesWithin } from './running.js';
import { StepError } from './step-error.js';

const HOST = '127.0.0.1';
const READY_MS = 30_000;
/** As the one from npm does it: workers that have lost us too hand their trials back. */
const WHEN_ALONE = [{ afterS: 3, signal: 'TERM' }] as const;

export interface RedisOptions {
  /** Holds one folder per kind of server: an older one could not read a newer one's file. */
  readonly directory: string;
  readonly logFile: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: a new one per start. */
  readonly password?: string;
  readonly choice?: RedisChoice;
  readonly signal?: AbortSignal;
}

export interface RedisServer extends Running {
  readonly url: string;
  readonly port: number;
  readonly choice: RedisChoice;
}

/**
 * Starts a Redis of our own on 127.0.0.1, behind a password. It keeps its data: on a graceful stop all of it, after
 * a kill all but the last seconds.
 *
 * @throws StepError when it does not come up
 */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const { choice = chooseRedis(), password = randomBytes(24).toString('hex'), logFile, signal } = options;
  const folder = join(options.directory, choice.name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  mkdirSync(dirname(logFile), { recursive: true });
  const pidFile = join(folder, 'server.pid');
  const orphan = new RegExp(`(valkey|redis)-server.*[: ]${portIn(pidFile)}`);
  await stopOrphan({
    pidFile,
    isOurs: (command) => orphan.test(command),
    signal: 'SIGTERM',
    graceMs: 10_000,
  });

  const start = async (port: number) => {
    const log = openSync(logFile, 'a');
    const launch = choice.kind === 'system' ? spawnProgram : forkWasm;
    const child = launch({ choice, folder, port, password, log });
    closeSync(log);
    writeFileSync(pidFile, `${child.pid ?? 0}\n${port}\n`);
    const server = runningRedis(child, choice.kind === 'system' ? pidFile : undefined);
    try {
      await untilReady(server, { port, password, logFile, signal });
      return { ...server, url: `redis://:${password}@${HOST}:${port}`, port, choice };
    } catch (error) {
      server.kill();
      await server.exited;
      throw error;
    }
  };
  const launch = async () => (options.port === undefined ? onFreePort(logFile, start) : start(options.port));
  return withoutBrokenDump(join(folder, 'dump.rdb'), { logFile, signal }, launch);
}

/** The port that the last server got, which stands in its command line as in that of no other; '' when it is not known. */
function portIn(pidFile: string): string {
  if (!existsSync(pidFile)) return '';
  const port = Number(readFileSync(pidFile, 'utf8').split('\n')[1]);
  return port > 0 ? `${port}\\b` : '';
}

/**
 * A server ends at once when it cannot read its dump: half of one that a full disk or a power cut has left, or that of a newer version.
 * All that is in it is made anew from Postgres, so the dump makes room, unless that was not the cause.
 */
async function withoutBrokenDump(
  dump: string,
  { logFile, signal }: Pick<Readiness, 'logFile' | 'signal'>,
  launch: () => Promise<RedisServer>,
): Promise<RedisServer> {
  try {
    return await launch();
  } catch (error) {
    if (signal?.aborted || !existsSync(dump)) throw error;
    const aside = `${dump}.unreadable`;
    renameSync(dump, aside);
    try {
      const server = await launch();
      appendFileSync(logFile, `caviar: dump.rdb could not be read, and is ${aside} now\n`);
      return server;
    } catch {
      renameSync(aside, dump);
      throw error;
    }
  }
}

interface Launch {
  readonly choice: RedisChoice;
  readonly folder: string;
  readonly port: number;
  readonly password: string;
  /** An open file for its output. */
  readonly log: number;
}

function forkWasm({ folder, port, password, log }: Launch): ChildProcess {
  const child = fork(fileURLToPath(new URL('./valkey-server.mjs', import.meta.url)), [folder, String(port)], {
    execArgv: ['--disable-warning=ExperimentalWarning'], // node:wasi
    env: serverEnvironment(),
    detached: true, // as Postgres: a signal to our whole group must not end it before the workers
    stdio: ['ignore', log, log, 'ipc'],
  });
  child.send({ password });
  return child;
}

function spawnProgram({ choice, folder, port, password, log }: Launch): ChildProcess {
  const program = choice.kind === 'system' ? choice.program : choice.name;
  const child = spawn(program, ['-'], { detached: true, cwd: folder, stdio: ['pipe', log, log] });
  child.stdin?.on('error', () => undefined); // it ended at once; how is told by its exit
  // over stdin, where `ps` does not show the password
  child.stdin?.end(
    [
      `bind ${HOST}`,
      `port ${port}`,
      `requirepass ${password}`,
      'save 5 1',
      'stop-writes-on-bgsave-error no',
      'maxmemory-policy noeviction', // BullMQ's condition: an evicted key is a lost job
      'daemonize no',
      '',
    ].join('\n'),
  );
  return child;
}

/** @param guardedBy the pid file of a program that cannot notice by itself that we are gone */
function runningRedis(child: ChildProcess, guardedBy: string | undefined): Running {
  const pid = child.pid ?? 0;
  const ended = exitOf(child, 'SIGTERM');
  const exited = guardedBy === undefined ? ended : guarded(ended, { pid, pidFile: guardedBy, steps: WHEN_ALONE });
  return {
    pid,
    exited,
    async stop(graceMs = 10_000) {
      child.kill('SIGTERM'); // saves, then ends
      if (await settlesWithin(exited, graceMs)) return;
      child.kill('SIGKILL');
      await exited;
    },
    kill: () => pid > 0 && signalQuietly(pid, 'SIGKILL'),
  };
}

interface Readiness {
  readonly port: number;
  readonly password: string;
  readonly logFile: string;
  readonly signal: AbortSignal | undefined;
}

async function untilReady(server: Running, { port, password, logFile, signal }: Readiness): Promise<void> {
  let exit: Exit | undefined;
  void server.exited.then((how) => (exit = how));
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    signal?.throwIfAborted();
    if (exit !== undefined) {
      throw new StepError(
        'Redis',
        `the server stopped with ${describeExit(exit)}`,
        `reading ${logFile}, or set REDIS_URL`,
      );
    }
    if (await pings(port, password)) return;
    await sleep(20);
  }
  throw new StepError('Redis', `it was not ready within ${READY_MS / 1000} s`, `reading ${logFile}, or set REDIS_URL`);
}

/** Whether a Redis with this password answers on the port. It says LOADING, not PONG, until its data are read. */
async function pings(port: number, password: string): Promise<boolean> {
  const [taken, pong] = await askRedis({ host: HOST, port }, [['AUTH', password], ['PING']], 1000);
  return taken === '+OK' && pong === '+PONG';
}
