import { join } from 'node:path';
import pg from 'pg';
import type { LocalConfig } from './config.js';
import type { Home } from './home.js';
import type { Log } from './log.js';
import { type Address, accepts, addressText } from './ports.js';
import { startPostgres } from './postgres.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { startRedis } from './redis.js';
import { chooseRedis } from './redis-binaries.js';
import { passwordRefusal } from './redis-talk.js';
import type { Running } from './running.js';
import { messageOf, StepError } from './step-error.js';
import { type Backoff, type SuperviseOptions, supervise } from './supervise.js';

/** What benchmarks and experiments have otherwise than `npm start`. */
export interface Overrides {
  /** Pauses before a process that has ended is started again. */
  readonly backoff?: Backoff;
  /** Settings of the embedded Postgres. */
  readonly postgres?: Readonly<Record<string, string>>;
  /** Environment of the API and the workers. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Context {
  readonly config: LocalConfig;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly overrides?: Overrides;
}

/** A server that answers, ours or somebody else's. */
export interface Database {
  readonly url: string;
  /** Which one was chosen, for people. */
  readonly detail: string;
  /** The process of now, of a server of ours. */
  pid(): number | undefined;
  /** Does nothing to a server that is not ours. */
  stop(): Promise<void>;
}

/** The Postgres that DATABASE_URL names (`migrate` finds out whether it answers), else one of our own, kept up. */
export async function bringUpPostgres(home: Home, context: Context): Promise<Database> {
  const { config, overrides = {} } = context;
  if (config.databaseUrl !== undefined) return theirs('Postgres', 'DATABASE_URL', config.databaseUrl);
  const binaries = findPostgresBinaries();
  const logFile = join(home.logs, 'postgres.log');
  return keptUp('Postgres', context, async (abort, port) => {
    const server = await startPostgres({
      dataDirectory: home.postgres,
      logFile,
      binaries,
      signal: abort,
      settings: overrides.postgres ?? {},
      ...port,
    });
    const from = binaries.kind === 'npm' ? 'from npm' : `from ${binaries.home}`;
    return { ...server, detail: `Postgres ${server.version} (${from}), port ${server.port}` };
  });
}

/** The Redis that REDIS_URL names, else one of our own, kept up. */
export async function bringUpRedis(home: Home, context: Context): Promise<Database> {
  const { config } = context;
  if (config.redisUrl !== undefined) {
    const server = await theirs('Redis', 'REDIS_URL', config.redisUrl);
    const refusal = await passwordRefusal(config.redisUrl, redisAddress(config.redisUrl));
    if (refusal === null) return server;
    throw new StepError('Redis', `it does not let us in (${refusal})`, 'checking the user and password in REDIS_URL');
  }
  const choice = chooseRedis();
  const logFile = join(home.logs, 'redis.log');
  let password: { readonly password: string } | undefined;
  return keptUp('Redis', context, async (abort, port) => {
    const server = await startRedis({ directory: home.redis, logFile, choice, signal: abort, ...port, ...password });
    password = { password: decodeURIComponent(new URL(server.url).password) };
    return {
      ...server,
      detail: `Redis: ${choice.name} ${choice.version} (from ${choice.kind === 'npm' ? 'npm' : choice.program}), port ${server.port}`,
    };
  });
}

/** Supervises a server of ours on the port that its first start found. */
async function keptUp(
  name: string,
  context: Context,
  launch: (
    signal: AbortSignal,
    port: { port?: number },
  ) => Promise<Running & Omit<Database, 'stop' | 'pid'> & { port: number }>,
): Promise<Database> {
  let port: { port?: number } = {};
  const service = {
    name,
    async launch(signal: AbortSignal) {
      const server = await launch(signal, port);
      port = { port: server.port };
      return server;
    },
  };
  const supervised = await supervise(service, supervision(context));
  const server = supervised.current();
  if (server === undefined) throw new StepError(name, 'it stopped right after its start', 'reading its log');
  const { url, detail } = server;
  return { url, detail, pid: () => supervised.current()?.pid, stop: () => supervised.stop() };
}

/** How processes are kept up here. */
export function supervision({ log, signal, overrides: { backoff } = {} }: Context): SuperviseOptions {
  return { log, signal, ...(backoff === undefined ? {} : { backoff }) };
}

async function theirs(name: string, variable: string, url: string): Promise<Database> {
  const address = name === 'Redis' ? redisAddress(url) : postgresAddress(url);
  const where = addressText(address);
  if (!(await accepts(address, 5_000))) {
    throw new StepError(name, `nothing answers at ${where}`, `checking ${variable}, or unsetting it`);
  }
  return { url, detail: `${name} at ${where} (${variable})`, pid: () => undefined, stop: async () => undefined };
}

function redisAddress(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname === '' ? 'localhost' : hostname.replaceAll(/[[\]]/g, ''), port: Number(port || 6379) };
}

/** The driver takes the URL apart: a host may be a parameter of it, or a folder with a socket. */
function postgresAddress(url: string): Address {
  try {
    const { host, port } = new pg.Client({ connectionString: url });
    return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  } catch (error) {
    throw new StepError('Postgres', messageOf(error), 'checking DATABASE_URL'); // a certificate's file is not there
  }
}
