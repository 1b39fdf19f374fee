import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { builtInSummary, findDataset, listDatasets } from '@caviar/datasets';
import { createDatabase, type Database } from '@caviar/db';
import {
  createOrchestrator,
  type Deps,
  isAllowed,
  type Logger,
  type Orchestrator,
  readPrograms,
  SEARCH_LIFE,
  TRIAL_LIFE,
} from '@caviar/orchestrator';
import { createQueue } from '@caviar/queue';
import type { Search, SearchSpecInput, SearchStatus, Trial, TrialStatus } from '@caviar/spec';
import { createTestDatabase, runSql, startTestRedis } from '@caviar/testing';

const WORKER = fileURLToPath(new URL('../../apps/worker/dist/main.js', import.meta.url));
const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

export interface StackOptions {
  readonly workers: number;
  readonly leaseMs?: number;
  /** Training time from one checkpoint of a trial to the next. */
  readonly checkpointMs?: number;
  /** A database of the caller's instead of a fresh one. */
  readonly databaseUrl?: string;
  /** File that registers programs. */
  readonly programsFile?: string;
  /** Folder where workers keep copies of data sets. */
  readonly home?: string;
}

/** The whole service but for HTTP: a real database, a real queue, and worker processes as they are shipped. */
export interface Stack {
  readonly orchestrator: Orchestrator;
  readonly database: Database;
  readonly deps: Deps;
  readonly workers: ChildProcess[];
  readonly redisUrl: string;
  addWorker(environment?: Readonly<Record<string, string>>): Promise<ChildProcess>;
  killRedis(): Promise<void>;
  /** Kills Redis and starts another on the same port that knows nothing. */
  loseRedis(awayMs: number): Promise<void>;
  /** Steps at which a trial has left checkpoints. */
  checkpointsOf(trialId: string): Promise<number[]>;
  /** Waits until the search has a status other than running. */
  finished(searchId: string): Promise<Search>;
  /** Waits until the condition gives something. */
  until<T>(condition: () => Promise<T | null | undefined | false>): Promise<T>;
  stop(): Promise<void>;
}

export async function startStack({
  workers: count,
  leaseMs = 15_000,
  checkpointMs = 15_000,
  databaseUrl,
  programsFile,
  home,
}: StackOptions): Promise<Stack> {
  const database = databaseUrl === undefined ? await createTestDatabase() : { url: databaseUrl, drop: async () => {} };
  let redis = await startTestRedis();
  const db = createDatabase({ url: database.url });
  const queue = createQueue({ url: redis.url, logger: SILENT });
  const deps: Deps = {
    ...db,
    dispatcher: queue.dispatcher,
    signals: queue.signals,
    tasks: queue.tasks,
    datasets: { list: listDatasets, find: findDataset, summary: builtInSummary },
    programs: [...readPrograms(programsFile).keys()],
    logger: SILENT,
  };
  const orchestrator = createOrchestrator(deps);
  const workers: ChildProcess[] = [];

  const stack: Stack = {
    orchestrator,
    database: db,
    deps,
    workers,
    redisUrl: redis.url,
    async addWorker(environment = {}) {
      const worker = fork(WORKER, [], {
        env: {
          ...process.env,
          DATABASE_URL: database.url,
          REDIS_URL: redis.url,
          CAVIAR_LEASE_MS: String(leaseMs),
          CAVIAR_CHECKPOINT_MS: String(checkpointMs),
          CAVIAR_PROGRAMS: programsFile ?? '',
          ...(home === undefined ? {} : { CAVIAR_HOME: home }),
          CAVIAR_SUPERVISED: '1',
          LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'error',
          ...environment,
        },
      });
      workers.push(worker);
      const ended = once(worker, 'exit').then(() => {
        throw new Error('the worker ended before it was ready');
      });
      await Promise.race([once(worker, 'message'), ended]);
      ended.catch(() => {});
      return worker;
    },
    async killRedis() {
      await redis.kill();
    },
    async loseRedis(awayMs) {
      const { port } = redis;
      await redis.kill();
      await new Promise((resolve) => setTimeout(resolve, awayMs));
      redis = await startTestRedis({ port });
    },
    async checkpointsOf(trialId) {
      const rows = await runSql(
        database.url,
        `SELECT step FROM checkpoints WHERE trial_id = '${trialId}' ORDER BY step`,
      );
      return rows.map(({ step }) => step as number);
    },
    finished: (searchId) =>
      stack.until(async () => {
        const search = await orchestrator.getSearch(searchId);
        return search.status === 'running' ? null : search;
      }),
    async until(condition) {
      for (;;) {
        const found = await condition();
        if (found !== null && found !== undefined && found !== false) return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async stop() {
      await checkHistory(database.url);
      await Promise.all(
        workers.map(async (worker) => {
          if (worker.exitCode !== null || worker.signalCode !== null) return;
          worker.kill('SIGTERM');
          await once(worker, 'exit');
        }),
      );
      await queue.close();
      await db.close();
      await redis.stop();
      await database.drop();
    },
  };
  await Promise.all(Array.from({ length: count }, () => stack.addWorker()));
  return stack;
}

/** Whatever a test did: every transition that the database has written down is one that the life of trials and searches has. */
async function checkHistory(url: string): Promise<void> {
  const rows = (await runSql(
    url,
    `SELECT DISTINCT kind, from_status AS "from", to_status AS "to" FROM events
     WHERE kind = 'trial' OR kind = 'search' AND from_status IS DISTINCT FROM to_status`,
  )) as { kind: 'trial' | 'search'; from: TrialStatus & SearchStatus; to: TrialStatus & SearchStatus }[];
  const strange = rows.filter(({ kind, from, to }) =>
    kind === 'trial' ? !isAllowed(TRIAL_LIFE, from, to) : !isAllowed(SEARCH_LIFE, from, to),
  );
  if (strange.length > 0) throw new Error(`transitions that must not be: ${JSON.stringify(strange)}`);
}

/** Every trial of a search, by number. */
export async function allTrials(stack: Stack, searchId: string): Promise<Trial[]> {
  const trials: Trial[] = [];
  for await (const page of stack.orchestrator.exportTrials(searchId)) trials.push(...page);
  return trials;
}

/**
 * What must be the same bit for bit however a search was carried out: the leaderboard, and of every trial its params,
 * why it was proposed, its result and its whole learning curve. Ids and times are left out.
 */
export async function reproducible(stack: Stack, searchId: string): Promise<unknown> {
  const board = await stack.orchestrator.leaderboard(searchId, { limit: 200 });
  const trials = await Promise.all(
    (await allTrials(stack, searchId)).map(
      async ({ id, number, status, params, proposal, round, value, step, metrics }) => {
        const curve = await stack.orchestrator.measurements(id, {});
        return {
          number,
          status,
          params,
          proposal,
          round,
          value,
          step,
          metrics,
          curve: curve.map(({ elapsedMs: _, timing: __, ...point }) => point),
        };
      },
    ),
  );
  return {
    board: board.entries.map(({ rank, trial }) => ({
      rank,
      number: trial.number,
      value: trial.value,
      metrics: trial.metrics,
    })),
    trials,
    rounds: (await stack.orchestrator.getSearch(searchId)).rounds,
  };
}

/** Parts of a spec that every test gives in the same way. */
export const DEFAULTS = {
  scheduler: { kind: 'fifo' },
  reproducibility: 'strict',
  parallelism: 8,
} as const satisfies Partial<SearchSpecInput>;
