import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalConfig, serviceEnvironment } from './config.js';
import { type Context, supervision } from './databases.js';
import type { Home } from './home.js';
import { launchNode, type NodeProcess, type NodeProcessSpec } from './node-process.js';
import { repositoryRoot } from './repository.js';
import { StepError } from './step-error.js';
import { type Supervised, supervise } from './supervise.js';

/** The programs of the API and of a worker. */
export interface Scripts {
  readonly api: string;
  readonly worker: string;
}

export interface ServiceOptions {
  readonly config: LocalConfig;
  readonly home: Home;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly output: 'stderr' | 'files';
  readonly scripts?: Scripts;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

const ANSWER_MS = 30_000;
const NO_FLAGS: readonly string[] = [];

/**
 * There are many workers, each with a V8 for its event loop and one for training: the parts of their heaps for new objects stay
 * small, garbage is collected when old objects have become 32 MB, and then a fifth more than were left (V8 would let them
 * become several times as many), and glibc keeps one heap instead of one per thread, and gives large pieces of it back. A third less memory for
 * each worker (docs/training-speed.md); the worker's image says the same.
 */
const WORKER_FLAGS = ['--max-semi-space-size=2', '--initial-old-space-size=32', '--heap-growing-percent=20'];
const WORKER_ENVIRONMENT = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '262144' };

/** How the API and each worker are started, as data. */
export function serviceSpecs(options: ServiceOptions): { api: NodeProcessSpec; workers: readonly NodeProcessSpec[] } {
  const { config, home, databaseUrl, redisUrl, output, scripts = scriptsOfRepository(), environment } = options;
  const env = serviceEnvironment({
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    HOST: config.host,
    PORT: String(config.port),
    CAVIAR_HOME: home.path,
    LOG_LEVEL: config.logLevel,
    ...environment,
  });
  const spec = (
    name: string,
    script: string,
    { command = process.execPath, index = 0, execArgv = NO_FLAGS, environment: own = env } = {},
  ): NodeProcessSpec => ({
    name,
    command,
    execArgv: [...execArgv],
    script,
    env: withOwnPort(own, index),
    logFile: output === 'files' ? join(home.logs, `${name.replace(' ', '-').toLowerCase()}.log`) : undefined,
  });
  // Whoever sets these knows better.
  const thrifty = { ...WORKER_ENVIRONMENT, ...env };
  const workers = Array.from({ length: config.workers }, (_, index) =>
    spec(`worker ${index + 1}`, scripts.worker, {
      command: config.workerNode,
      index,
      execArgv: WORKER_FLAGS,
      environment: thrifty,
    }),
  );
  return { api: spec('API', scripts.api), workers };
}

/** Workers of one machine cannot share the port of their metrics: each has the next one. */
function withOwnPort(env: NodeJS.ProcessEnv, index: number): NodeJS.ProcessEnv {
  const port = Number(env['CAVIAR_METRICS_PORT'] || 0);
  return Number.isInteger(port) && port > 0 ? { ...env, CAVIAR_METRICS_PORT: String(port + index) } : env;
}

/** Keeps the API up on the port of its first start, and waits until it can serve: databases within reach, and all. */
export async function superviseApi(spec: NodeProcessSpec, context: Context): Promise<Supervised<NodeProcess>> {
  let env = spec.env;
  const service = {
    name: spec.name,
    async launch(abort: AbortSignal) {
      const api = await launchNode({ ...spec, env }, abort);
      if (api.url === undefined) {
        await api.stop();
        throw new StepError(spec.name, 'it did not say where it listens', 'reporting this as a bug');
      }
      env = { ...env, PORT: new URL(api.url).port };
      return api;
    },
  };
  const supervised = await supervise(service, supervision(context));
  try {
    await untilServing(supervised, context.signal);
    return supervised;
  } catch (error) {
    await supervised.stop();
    throw error;
  }
}

/** Keeps every worker up. When one does not start, none is left. */
export async function superviseWorkers(
  specs: readonly NodeProcessSpec[],
  context: Context,
): Promise<readonly Supervised<NodeProcess>[]> {
  const starts = await Promise.allSettled(
    specs.map((spec) =>
      supervise({ name: spec.name, launch: (abort) => launchNode(spec, abort) }, supervision(context)),
    ),
  );
  const failure = starts.find((start) => start.status === 'rejected');
  const workers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  if (failure === undefined) return workers;
  await Promise.all(workers.map((worker) => worker.stop()));
  throw failure.reason;
}

async function untilServing(api: Supervised<NodeProcess>, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + ANSWER_MS;
  let last = 'no answer';
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    const url = api.current()?.url;
    if (url !== undefined) {
      const response = await fetch(`${reachable(url)}/readyz`, { signal }).catch((error: unknown) => String(error));
      if (typeof response !== 'string' && response.ok) return;
      last =
        typeof response === 'string' ? response : `status ${response.status}: ${(await response.text()).slice(0, 200)}`;
    }
    await sleep(50);
  }
  throw new StepError(api.name, `/readyz did not answer 200 within ${ANSWER_MS / 1000} s (${last})`, 'reading its log');
}

/** An API that listens on every address is asked on the loopback one. */
export function reachable(url: string): string {
  return url.replace('//0.0.0.0', '//127.0.0.1').replace('//[::]', '//[::1]').replace(/\/$/, '');
}

function scriptsOfRepository(): Scripts {
  const apps = join(repositoryRoot(), 'apps');
  return { api: join(apps, 'api', 'dist', 'server.js'), worker: join(apps, 'worker', 'dist', 'main.js') };
}
