import type { FinalTrialStatus, Metrics, SearchSpec } from '@caviar/spec';
import type { Deps } from './deps.js';
import { asItEnded, objectiveValue, toRungEntry, valueAtEnd } from './objective-value.js';
import type { PendingEdits, SettledEdits } from './ports/edit-store.js';
import type { TrialCheckpoint } from './ports/trial-checkpoint.js';
import type {
  ClaimedTrial,
  MeasurementReport,
  TrialControl,
  TrialFailure,
  TrialLease,
  TrialRelease,
} from './ports/trial-store.js';
import type { Quarantine, WorkerInfo } from './ports/worker-store.js';
import { createSpecCache } from './spec-cache.js';
import { advanceSearch } from './use-cases/advance-search.js';
import { type DispatchOptions, dispatchOrLeave } from './use-cases/dispatch.js';

/** A claimed trial with what its training needs of the search. */
export interface TrialAssignment extends ClaimedTrial {
  readonly spec: SearchSpec;
}

export interface TrialOutcome extends TrialLease {
  readonly searchId: string;
  readonly status: Extract<FinalTrialStatus, 'completed' | 'pruned' | 'infeasible' | 'cancelled'>;
  readonly step: number;
  readonly metrics: Metrics;
  readonly reason: string | null;
  readonly durationMs: number;
  /** Measurements that were not reported yet. */
  readonly reports: readonly MeasurementReport[];
}

/** A trial at the step at which its scheduler has it stop. */
export interface TrialArrival extends TrialLease {
  readonly searchId: string;
  readonly step: number;
  readonly metrics: Metrics;
  readonly elapsedMs: number;
  readonly checkpoint: Uint8Array | null;
  /** Measurements that were not reported yet. */
  readonly reports: readonly MeasurementReport[];
}

/** Where a worker takes trials from and brings them back to. Every answer says what is true in Postgres. */
export interface TrialDesk {
  claim(ids: readonly string[]): Promise<readonly TrialAssignment[]>;
  report(reports: readonly MeasurementReport[]): Promise<ReadonlyMap<string, TrialControl>>;
  renew(leases: readonly TrialLease[]): Promise<ReadonlyMap<string, TrialControl>>;
  /** What is wanted of trials, without a change of their leases. */
  look(leases: readonly TrialLease[]): Promise<ReadonlyMap<string, TrialControl>>;
  /** Ends trials and lets their searches go on; gives the ids that were still the caller's. */
  finish(outcomes: readonly TrialOutcome[], options?: DispatchOptions): Promise<readonly string[]>;
  /** Brings trials back that have come to their target step, and lets their searches go on; gives the ids that were still the caller's. */
  arrive(arrivals: readonly TrialArrival[], options?: DispatchOptions): Promise<readonly string[]>;
  fail(searchId: string, failure: TrialFailure): Promise<void>;
  release(searchId: string, release: TrialRelease): Promise<void>;
  /** Stores a state to go on from after a crash; false when it could not be taken. */
  keepCheckpoint(lease: TrialLease, checkpoint: TrialCheckpoint): Promise<boolean>;
  /** What a claim has left out of a large one; null when it is gone, with the trial. */
  readCheckpoint(trialId: string, step: number): Promise<Uint8Array | null>;
  /** Changes by hand that wait for a trial's next step. */
  pendingEdits(trialId: string): Promise<PendingEdits>;
  /** Writes down what the trainer made of them, before it trains on; false when the trial is not the caller's any more. */
  settleEdits(lease: TrialLease, settled: SettledEdits): Promise<boolean>;
  /** Says that the worker is there; gives the quarantine of its machine, null for none. */
  heartbeat(): Promise<Quarantine | null>;
  /** Says goodbye. */
  stopped(): Promise<void>;
}

/** A job that comes too early, since timers are not exact, finds nothing, and the reconciler has to make up for it. */
const RETRY_MARGIN_MS = 50;

export interface DeskOptions {
  readonly worker: WorkerInfo;
  readonly leaseMs: number;
}

export function createTrialDesk(deps: Deps, { worker, leaseMs }: DeskOptions): TrialDesk {
  const specOf = createSpecCache(deps.searches);
  /** Search of each trial held here, for those who follow it. */
  const searchOf = new Map<string, string>();
  const advancing = new Map<string, { again: boolean }>();
  let hasSucceeded = false;

  /** Advances a search; calls that come while it is being advanced are taken together into one more round. */
  async function advance(searchId: string, options: DispatchOptions = {}): Promise<void> {
    const present = advancing.get(searchId);
    if (present !== undefined) {
      present.again = true;
      return;
    }
    const mine = { again: true };
    advancing.set(searchId, mine);
    try {
      while (mine.again) {
        mine.again = false;
        await advanceSearch(deps, searchId, options);
      }
    } catch (error) {
      deps.logger.warn({ searchId, err: error }, 'could not advance; the reconciler will');
    } finally {
      advancing.delete(searchId);
    }
  }

  async function goOn(trials: readonly { readonly searchId: string }[], options?: DispatchOptions): Promise<void> {
    for (const searchId of new Set(trials.map((trial) => trial.searchId))) {
      deps.signals.publish(searchId);
      await advance(searchId, options);
    }
  }

  /** Wakes those who follow the searches of trials held here. */
  function tell(trials: readonly TrialLease[]): void {
    for (const searchId of new Set(trials.map(({ trialId }) => searchOf.get(trialId)))) {
      if (searchId !== undefined) deps.signals.publish(searchId);
    }
  }

  function letGo(trials: readonly TrialLease[]): void {
    for (const { trialId } of trials) searchOf.delete(trialId);
  }

  function letGoOfLost(controls: ReadonlyMap<string, TrialControl>): ReadonlyMap<string, TrialControl> {
    for (const [trialId, control] of controls) if (control === 'lost') searchOf.delete(trialId);
    return controls;
  }

  return {
    async claim(ids) {
      const holder = { workerId: worker.id, provenance: worker.runtime, leaseMs };
      const claimed = await deps.trials.claim(ids, holder);
      for (const { trialId, searchId } of claimed) searchOf.set(trialId, searchId);
      tell(claimed);
      const assignments = await Promise.all(
        claimed.map(async (trial) => {
          const spec = await specOf(trial.searchId);
          return spec === null ? [] : [{ ...trial, spec }];
        }),
      );
      return assignments.flat();
    },

    async report(reports) {
      const controls = await deps.trials.record(reports, leaseMs);
      tell(reports);
      return letGoOfLost(controls);
    },

    renew: async (leases) => letGoOfLost(await deps.trials.renew(leases, leaseMs)),

    look: async (leases) => letGoOfLost(await deps.trials.controls(leases)),

    async finish(outcomes, options) {
      const finishes = await Promise.all(
        outcomes.map(async ({ searchId, reports: _, ...outcome }) => {
          const spec = await specOf(searchId);
          const ended = asItEnded(spec, outcome);
          return { ...outcome, ...ended, ...valueAtEnd(spec, ended.status, outcome.metrics) };
        }),
      );
      const finished = await deps.trials.finish(
        finishes,
        outcomes.flatMap(({ reports }) => reports),
      );
      hasSucceeded ||= finished.length > 0;
      letGo(outcomes);
      await goOn(outcomes, options);
      return finished;
    },

    async arrive(arrivals, options) {
      const valued = await Promise.all(
        arrivals.map(async ({ searchId, reports: _, ...arrival }) => {
          const spec = await specOf(searchId);
          return {
            ...arrival,
            ...objectiveValue(spec, arrival.metrics),
            entry: toRungEntry(spec, arrival.metrics),
          };
        }),
      );
      const arrived = await deps.rungs.arrive(
        valued,
        arrivals.flatMap(({ reports }) => reports),
      );
      hasSucceeded ||= arrived.length > 0;
      letGo(arrivals);
      await goOn(arrivals, options);
      return arrived;
    },

    async fail(searchId, failure) {
      for (const { retryMs, ...trial } of await deps.trials.fail([failure])) {
        await dispatchOrLeave(deps, [trial], { delayMs: Math.ceil(retryMs) + RETRY_MARGIN_MS });
      }
      letGo([failure]);
      deps.signals.publish(searchId);
      await advance(searchId);
    },

    async release(searchId, release) {
      await dispatchOrLeave(deps, await deps.trials.release([release]));
      letGo([release]);
      deps.signals.publish(searchId);
    },

    keepCheckpoint: (lease, checkpoint) => deps.checkpoints.keep(lease, checkpoint),

    readCheckpoint: (trialId, step) => deps.checkpoints.read(trialId, step),

    pendingEdits: (trialId) => deps.edits.pending(trialId),

    async settleEdits(lease, settled) {
      const isHeld = await deps.edits.settle(lease, settled);
      tell([lease]);
      return isHeld;
    },

    async heartbeat() {
      const told = hasSucceeded;
      hasSucceeded = false;
      try {
        return await deps.workers.heartbeat(worker, told);
      } catch (error) {
        hasSucceeded ||= told;
        throw error;
      }
    },
    stopped: () => deps.workers.stopped(worker.id),
  };
}
