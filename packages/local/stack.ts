import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalConfig } from './config.js';
import { bringUpPostgres, bringUpRedis, type Database, type Overrides } from './databases.js';
import { type Home, openHome } from './home.js';
import type { Log } from './log.js';
import { type Migrated, migrate } from './migrate.js';
import type { NodeProcess } from './node-process.js';
import { portProblem } from './ports.js';
import { type Scripts, serviceSpecs, superviseApi, superviseWorkers } from './services.js';
import { StepError } from './step-error.js';
import type { Supervised } from './supervise.js';

export type StepName = 'postgres' | 'redis' | 'migrations' | 'api' | 'workers';

/** A step of the start that was taken, and what came of it: "Postgres 18.4 (npm), port 40123". */
export interface StepDone {
  readonly step: StepName;
  readonly detail: string;
  readonly durationMs: number;
}

export interface StackOptions {
  readonly config: LocalConfig;
  readonly log: Log;
  /** Stops a start that is under way. */
  readonly signal: AbortSignal;
  /** The API's and the workers' output: on our stderr, or in files below the data folder. */
  readonly output: 'stderr' | 'files';
  readonly onStep?: (done: StepDone) => void;
  /** Default: the API and the worker of this repository. */
  readonly scripts?: Scripts;
  readonly overrides?: Overrides;
}

/** All of Caviar on this machine, up and kept up. */
export interface Stack {
  /** Where the API listens. */
  readonly url: string;
  readonly api: Supervised<NodeProcess>;
  readonly workers: readonly Supervised<NodeProcess>[];
  readonly postgres: Database;
  readonly redis: Database;
  /** Workers first, so that their trials are handed back; the databases last. */
  stop(): Promise<void>;
}

/** What is up so far, each to be stopped after those above it. */
interface Up {
  workers: readonly Supervised<NodeProcess>[];
  api?: Supervised<NodeProcess>;
  redis?: Database;
  postgres?: Database;
  home?: Home;
}

const PORT_MS = 10_000; // how long the API of a killed run may take to leave its port

/**
 * Starts Postgres and Redis (unless the configuration names others), migrates, starts the API and the workers, and
 * resolves once all of them answer. What was started is stopped again when a later step fails.
 *
 * @throws StepError naming the step
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { config, log, output, onStep, scripts, overrides = {} } = options;
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const context = { config, log, signal, overrides };
  const up: Up = { workers: [] };

  const take = async <T>(step: StepName, work: () => Promise<T>, describe: (result: T) => string): Promise<T> => {
    const from = performance.now();
    try {
      const result = await work();
      const done = { step, detail: describe(result), durationMs: Math.round(performance.now() - from) };
      log.info(done.detail, { step, durationMs: done.durationMs });
      onStep?.(done);
      return result;
    } catch (error) {
      failed.abort(error); // a neighbour step need not go on; the first failure is the one to report
      throw error;
    }
  };

  try {
    const home = openHome(config.home);
    up.home = home;
    await claimPort(config, home);
    await allSettled([
      take(
        'postgres',
        async () => (up.postgres = await bringUpPostgres(home, context)),
        ({ detail }) => detail,
      ),
      take(
        'redis',
        async () => (up.redis = await bringUpRedis(home, context)),
        ({ detail }) => detail,
      ),
    ]);
    signal.throwIfAborted();
    const urls = { databaseUrl: up.postgres?.url ?? '', redisUrl: up.redis?.url ?? '' };
    await take('migrations', () => migrate({ databaseUrl: urls.databaseUrl, signal }), describeMigrations);
    const { environment } = overrides;
    const given = { config, home, output, environment, ...urls };
    const specs = serviceSpecs({ ...given, ...(scripts === undefined ? {} : { scripts }) });
    await allSettled([
      take(
        'api',
        async () => (up.api = await superviseApi(specs.api, context)),
        (api) => `API on ${api.current()?.url}`,
      ),
      take(
        'workers',
        async () => (up.workers = await superviseWorkers(specs.workers, context)),
        ({ length }) => `${length} worker process${length === 1 ? '' : 'es'}`,
      ),
    ]);
    signal.throwIfAborted();
    const { api, workers, postgres, redis } = up;
    if (api === undefined || postgres === undefined || redis === undefined) {
      throw new Error('all of them are up, or an error was thrown above');
    }
    return { url: api.current()?.url ?? '', api, workers, postgres, redis, stop: () => stopAll(up) };
  } catch (error) {
    await stopAll(up);
    throw failed.signal.reason ?? error;
  }
}

async function stopAll({ workers, api, redis, postgres, home }: Up): Promise<void> {
  await Promise.all(workers.map((worker) => worker.stop()));
  await api?.stop();
  await redis?.stop();
  await postgres?.stop();
  home?.release();
}

/** Waits for all, also when one fails: what is still starting would otherwise be forgotten. */
async function allSettled(steps: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(steps);
}

/** Finds out at once, and not after half a minute of starting servers, that the API's port is somebody's. */
async function claimPort({ host, port }: LocalConfig, home: Home): Promise<void> {
  const deadline = performance.now() + (home.isRecovered ? PORT_MS : 0);
  for (;;) {
    const problem = await portProblem(host, port);
    if (problem === undefined) return;
    if (problem !== 'EADDRINUSE') {
      throw new StepError('API', `${host}:${port} cannot be listened on (${problem})`, 'another HOST or PORT');
    }
    if (performance.now() >= deadline) {
      throw new StepError(
        'API',
        `port ${port} of ${host} is taken`,
        'another PORT, such as PORT=0 for any that is free',
      );
    }
    await sleep(100);
  }
}

function describeMigrations({ applied, total }: Migrated): string {
  return applied === 0 ? 'migrations: up to date' : `migrations: ${applied} of ${total} applied`;
}
