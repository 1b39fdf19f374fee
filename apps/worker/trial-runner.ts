import { setTimeout as sleep } from 'node:timers/promises';
import type { DatasetPlace } from '@caviar/datasets';
import {
  DomainError,
  type Logger,
  type MeasuredCheckpoint,
  type PendingEdits,
  type SettledEdits,
  type TrialArrival,
  type TrialAssignment,
  type TrialControl,
  type TrialDesk,
  type TrialOutcome,
  type TrialRelease,
} from '@caviar/orchestrator';
import { type Measurement, objectivesOf } from '@caviar/spec';
import type { DatasetCache } from './dataset-cache.js';
import type { HeldTrials } from './held-trials.js';
import type { CheckpointPolicy } from './trainer/protocol.js';
import type { ThreadResult, TrainingThread } from './trainer/training-thread.js';

/** Trials that take less than this are carried by one job together; see `trialsPerJob`. */
const JOB_TARGET_MS = 100;
const MAX_TRIALS_PER_JOB = 32;

export interface TrialRunnerOptions {
  readonly checkpoints: CheckpointPolicy;
  readonly desk: TrialDesk;
  readonly held: HeldTrials;
  readonly cache: DatasetCache;
  readonly thread: TrainingThread;
  readonly logger: Logger;
  /** Calls back on changes of a search until the returned function is called. */
  readonly watch: (searchId: string, listener: () => void) => () => void;
}

/** One slot of a worker: a thread, and the trial it trains. */
export interface TrialRunner {
  /** Claims and trains the trials one after the other. Resolves when the next ones may come; results may be on their way. */
  run(trialIds: readonly string[]): Promise<void>;
  /** Brings the trial at hand back with a checkpoint, or without when it does not come to one in time. */
  stop(graceMs: number): Promise<void>;
}

/** What came of a trial that is not given back: its end, or its way to the next rung. */
type Result =
  | { readonly kind: 'outcome'; readonly outcome: TrialOutcome }
  | { readonly kind: 'arrival'; readonly arrival: TrialArrival };

type FailedResult = Extract<ThreadResult, { kind: 'failed' }>;

function failed(error: unknown, retry = true): FailedResult {
  return { kind: 'failed', reason: error instanceof Error ? error.message : String(error), retry };
}

/** A claimed trial and the last word on what is wanted of it. */
interface Claimed {
  readonly trial: TrialAssignment;
  control: TrialControl;
  /** Changes by hand that its thread has been given. */
  readonly edits: Set<number>;
  looksForEdits: boolean;
}

export function createTrialRunner({
  checkpoints,
  desk,
  held,
  cache,
  thread,
  logger,
  watch,
}: TrialRunnerOptions): TrialRunner {
  let stopping = false;
  let meanMs = Number.POSITIVE_INFINITY;
  let current: Claimed | undefined;
  let running: Promise<void> = Promise.resolve();
  let delivery: Promise<void> = Promise.resolve();

  /** Tells the thread what is wanted of the trial it trains. */
  function steer(): void {
    if (current === undefined) return;
    if (current.control === 'edit') void handOutEdits(current);
    if (current.control === 'cancel' || current.control === 'lost') thread.wish('stop');
    else if (stopping || current.control === 'pause') thread.wish('checkpointAndStop');
  }

  /** Gives the thread the changes that it does not have yet. */
  async function handOutEdits(claimed: Claimed): Promise<void> {
    if (claimed.looksForEdits) return;
    claimed.looksForEdits = true;
    const fresh = await freshEdits(claimed);
    claimed.looksForEdits = false;
    if (fresh !== null && current === claimed) thread.edit(fresh);
  }

  /** Changes that the thread does not have yet; null for none. */
  async function freshEdits({ trial: { trialId }, edits: given }: Claimed): Promise<PendingEdits | null> {
    try {
      const { fromStep, edits } = await desk.pendingEdits(trialId);
      const fresh = edits.filter(({ number }) => !given.has(number));
      for (const { number } of fresh) given.add(number);
      return fresh.length === 0 ? null : { fromStep, edits: fresh };
    } catch (error) {
      logger.warn({ trialId, err: error }, 'changes by hand have to wait'); // until the lease is renewed
      return null;
    }
  }

  /** Writes down what the thread has made of changes; it waits meanwhile. */
  async function settle(claimed: Claimed, settled: SettledEdits): Promise<void> {
    const { trialId, attempt } = claimed.trial;
    try {
      await deliver(async () => {
        if (!(await desk.settleEdits({ trialId, attempt }, settled))) claimed.control = 'lost';
      });
    } catch (error) {
      logger.error({ trialId, err: error }, 'changes by hand could not be written down; the trial will run again');
      claimed.control = 'lost';
    }
    if (current === claimed) steer();
  }

  /** Holds a trial from its claim on: those that wait for their turn keep their lease too. */
  function hold(trial: TrialAssignment): Claimed {
    const claimed: Claimed = { trial, control: 'continue', edits: new Set(), looksForEdits: false };
    held.hold({
      lease: { trialId: trial.trialId, attempt: trial.attempt },
      onControl(control) {
        claimed.control = control;
        if (current === claimed) steer();
      },
    });
    return claimed;
  }

  async function train(claimed: Claimed): Promise<ThreadResult> {
    const { trialId, attempt, searchId, spec, number, params, targetStep, changes } = claimed.trial;
    const { trainer } = spec;
    const data = trainer.kind === 'mlp' ? await locate(trainer.dataset) : null;
    if (data !== null && 'reason' in data) return data;
    const checkpoint = await fetchCheckpoint(claimed.trial);
    if (checkpoint !== null && 'reason' in checkpoint) return checkpoint;
    const report = (measurements: readonly Measurement[]) =>
      held.report(measurements.map((measurement) => ({ trialId, attempt, ...measurement })));
    const pending = claimed.trial.hasEdits ? await freshEdits(claimed) : null;
    const unwatch = watch(searchId, () => held.look());
    const task = {
      trainer,
      data,
      params: { ...trainer.params, ...params },
      searchSeed: spec.seed,
      trialNumber: number,
      objectives: objectivesOf(spec).map(({ metric }) => metric),
      checkpoint,
      targetStep,
      changes,
      pending,
      checkpoints,
    };
    const training = thread.run(task, {
      onMeasured: report,
      onPassed: (passed) => held.keep(trialId, passed),
      onEdited: (settled) => settle(claimed, settled),
    });
    current = claimed;
    steer();
    const result = await training;
    current = undefined;
    unwatch();
    if ('measurements' in result) report(result.measurements);
    return result;
  }

  /** Where a data set is, fetched when need be; a failed result for one that is gone. */
  async function locate(id: string): Promise<DatasetPlace | FailedResult> {
    try {
      return await deliver(() => cache.locate(id));
    } catch (error) {
      return failed(error, !(error instanceof DomainError && error.code === 'dataset-not-found'));
    }
  }

  /** Where the trial goes on from, null for the beginning; a failed result for one that is gone. */
  async function fetchCheckpoint({
    trialId,
    checkpoint,
  }: TrialAssignment): Promise<MeasuredCheckpoint | FailedResult | null> {
    if (checkpoint === null) return null;
    try {
      const data = checkpoint.data ?? (await deliver(() => desk.readCheckpoint(trialId, checkpoint.step)));
      return data === null ? failed(`its checkpoint of step ${checkpoint.step} is gone`) : { ...checkpoint, data };
    } catch (error) {
      return failed(error);
    }
  }

  /** Trains one trial; gives its result when it has one, and brings it back otherwise. */
  async function runOne(claimed: Claimed): Promise<Result | null> {
    const { trialId, attempt, searchId, spec } = claimed.trial;
    const lease = { trialId, attempt };
    if (stopping && claimed.control !== 'lost') {
      await giveBack(searchId, { ...lease, to: 'queued', reason: 'the worker stopped', checkpoint: null });
      return null;
    }
    const result = await train(claimed);
    if (claimed.control === 'lost') {
      logger.warn(lease, 'the trial is no longer ours; its result is dropped');
      held.takeReports(trialId);
      held.letGo(trialId);
      return null;
    }
    switch (result.kind) {
      case 'ended': {
        const { status, reason, step, metrics, elapsedMs: durationMs } = result;
        const reports = held.takeReports(trialId);
        return { kind: 'outcome', outcome: { ...lease, searchId, status, reason, step, metrics, durationMs, reports } };
      }
      case 'arrived': {
        const { checkpoint, step, metrics, elapsedMs } = result;
        const reports = held.takeReports(trialId);
        return { kind: 'arrival', arrival: { ...lease, searchId, step, metrics, elapsedMs, checkpoint, reports } };
      }
      case 'stopped': {
        const { checkpoint: data, step, metrics, elapsedMs } = result;
        if (data === null) {
          const ending = { status: 'cancelled', reason: `cancelled at step ${step}`, durationMs: elapsedMs } as const;
          const reports = held.takeReports(trialId);
          return { kind: 'outcome', outcome: { ...lease, ...ending, searchId, step, metrics, reports } };
        }
        const checkpoint = { step, elapsedMs, data };
        const release = stopping
          ? ({ ...lease, to: 'queued', reason: `the worker stopped at step ${step}`, checkpoint } as const)
          : ({ ...lease, to: 'paused', reason: `paused at step ${step}`, checkpoint } as const);
        await giveBack(searchId, release);
        return null;
      }
      case 'failed': {
        const { reason, retry } = result;
        if (stopping) {
          await giveBack(searchId, { ...lease, to: 'queued', reason: 'the worker stopped', checkpoint: null });
          return null;
        }
        logger.warn({ ...lease, reason }, 'trial failed');
        await deliver(() =>
          desk.fail(searchId, {
            ...lease,
            reason,
            maxRetries: retry ? spec.trainer.maxRetries : 0,
            isOfParams: !retry,
          }),
        );
        held.letGo(trialId);
        return null;
      }
    }
  }

  async function giveBack(searchId: string, release: TrialRelease): Promise<void> {
    const unsent = held.takeReports(release.trialId);
    await deliver(async () => {
      await desk.report(unsent);
      await desk.release(searchId, release);
    });
    held.letGo(release.trialId);
  }

  /** Repeats until Postgres has answered: a result that was computed is not thrown away because a server restarts. */
  async function deliver<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      try {
        return await send();
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== 'unavailable') throw error;
        logger.warn({ err: error, tries }, 'Postgres is away; results wait');
        await sleep(Math.min(250 * tries, 5_000));
      }
    }
  }

  async function store(results: readonly Result[]): Promise<void> {
    const outcomes = results.flatMap((result) => (result.kind === 'outcome' ? [result.outcome] : []));
    const arrivals = results.flatMap((result) => (result.kind === 'arrival' ? [result.arrival] : []));
    const trialsPerJob = Math.floor(JOB_TARGET_MS / Math.max(meanMs, 0.1));
    const options = { trialsPerJob: Math.max(1, Math.min(MAX_TRIALS_PER_JOB, trialsPerJob)) };
    try {
      if (outcomes.length > 0) await deliver(() => desk.finish(outcomes, options));
      if (arrivals.length > 0) await deliver(() => desk.arrive(arrivals, options));
    } catch (error) {
      const trials = [...outcomes, ...arrivals].map(({ trialId }) => trialId);
      logger.error({ err: error, trials }, 'results could not be stored; the trials will run again');
    }
    for (const { trialId } of [...outcomes, ...arrivals]) held.letGo(trialId);
  }

  async function runAll(trialIds: readonly string[]): Promise<void> {
    if (stopping) return;
    const claimed = (await desk.claim(trialIds)).map(hold);
    const results: Result[] = [];
    for (const each of claimed) {
      const startedAt = performance.now();
      const result = await runOne(each);
      if (result !== null) results.push(result);
      const tookMs = performance.now() - startedAt;
      meanMs = Number.isFinite(meanMs) ? 0.8 * meanMs + 0.2 * tookMs : tookMs;
    }
    await delivery;
    // Not waited for: the next trial trains while Postgres stores this one.
    if (results.length > 0) delivery = store(results);
  }

  return {
    run(trialIds) {
      running = runAll(trialIds);
      return running;
    },
    async stop(graceMs) {
      stopping = true;
      steer();
      const timer = setTimeout(() => void thread.terminate(), graceMs);
      await running.catch(() => {});
      clearTimeout(timer);
      await delivery;
      await thread.terminate();
    },
  };
}
