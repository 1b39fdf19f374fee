import { createDatabase, type Database } from '@caviar/db';
import { createTrialDesk, type Logger } from '@caviar/orchestrator';
import { createQueue } from '@caviar/queue';
import type { Metrics, Params } from '@caviar/spec';

export interface TestWorker {
  readonly id: string;
  /** What it writes to. */
  readonly database: Database;
  /** Shows up in the list of workers. */
  heartbeat(): Promise<void>;
  /** Claims the queued trials of a search, `count` at most, and leaves them running. */
  claim(searchId: string, count?: number): Promise<number>;
  /** Claims the queued trials of a search, `count` at most, and ends each with what `train` gives, one measurement per step. */
  finish(searchId: string, train: Train, count?: number): Promise<number>;
  close(): Promise<void>;
}

/** Metrics of every step of a trial; a search's objective may be among them as null, for a diverged one. */
export type Train = (trial: { readonly number: number; readonly params: Params }) => readonly Metrics[];

/** A worker that is a real one to the database and the queue, and does not really train. */
export function createTestWorker(
  {
    databaseUrl,
    redis,
  }: { readonly databaseUrl: string; readonly redis: { readonly url: string; readonly prefix: string } },
  logger: Logger,
): TestWorker {
  const database = createDatabase({ url: databaseUrl });
  const queue = createQueue({ url: redis.url, prefix: redis.prefix, logger });
  const id = 'wrk_test';
  const desk = createTrialDesk(
    {
      ...database,
      dispatcher: queue.dispatcher,
      signals: queue.signals,
      tasks: queue.tasks,
      datasets: { list: () => [], find: () => null, summary: () => Promise.reject(new Error('there is none')) },
      programs: [],
      logger,
    },
    {
      worker: { id, host: 'here', pid: process.pid, concurrency: 2, runtime: { node: process.version } },
      leaseMs: 60_000,
    },
  );
  const claim = async (searchId: string, count: number) => {
    const { items } = await database.trials.list(searchId, { limit: count, status: 'queued' });
    return desk.claim(items.map((trial) => trial.id));
  };
  return {
    id,
    database,
    heartbeat: async () => {
      await desk.heartbeat();
    },
    claim: async (searchId, count = 200) => (await claim(searchId, count)).length,
    async finish(searchId, train, count = 200) {
      const trials = await claim(searchId, count);
      await desk.finish(
        trials.map((trial) => {
          const steps = train(trial);
          const lease = { trialId: trial.trialId, attempt: trial.attempt };
          const metrics = steps.at(-1) ?? {};
          const value = metrics[trial.spec.objective.metric] ?? null;
          return {
            ...lease,
            searchId,
            status: value === null ? ('infeasible' as const) : ('completed' as const),
            step: steps.length,
            metrics,
            reason: value === null ? 'the loss diverged' : null,
            durationMs: 10 * steps.length,
            reports: steps.map((step, i) => ({
              ...lease,
              step: i + 1,
              metrics: step,
              elapsedMs: 10 * (i + 1),
              timing: { seconds: 0.01, samplesPerSecond: null },
            })),
          };
        }),
      );
      return trials.length;
    },
    async close() {
      await Promise.all([queue.close(), database.close()]);
    },
  };
}
