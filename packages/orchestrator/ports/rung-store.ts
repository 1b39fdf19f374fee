import type { Metrics, Params, TrialStatus } from '@caviar/spec';
import type { MeasurementReport, NewTrial, TakenAt, TrialLease, TrialRef } from './trial-store.js';

/** What a trial came to at a step at which its scheduler had it stop: the objective's value, or the metrics that count. */
export type RungEntry = number | null | Metrics;

/** A trial that has come to the step at which its scheduler has it stop. */
interface Arrival extends TrialLease {
  readonly step: number;
  readonly value: number | null;
  /** Lower is better; null for a value that is not finite, or none. */
  readonly rankKey: number | null;
  /** By how much it breaks the constraints; null where it breaks none. */
  readonly violation: number | null;
  readonly entry: RungEntry;
  readonly metrics: Metrics;
  /** Exact state to go on from; null where the trial begins again when it goes on (external code keeps its own). */
  readonly checkpoint: Uint8Array | null;
}

export type RungArrival = Arrival & ({ readonly elapsedMs: number } | TakenAt);

/** A trial as a scheduler sees it. */
export interface RungRecord {
  readonly number: number;
  readonly params: Params;
  readonly status: TrialStatus;
  readonly step: number;
  readonly value: number | null;
  readonly metrics: Metrics;
  /** Step at which it is to stop for now; null = it may train to its end. */
  readonly targetStep: number | null;
  /** What it came to at each target step, by step. */
  readonly rungs: Readonly<Record<string, RungEntry>>;
  /** Step after which params were first changed by hand; null where they never were. */
  readonly editedFrom: number | null;
}

/** A trial to be made for a scheduler. */
export interface ScheduledTrial extends NewTrial {
  readonly targetStep: number | null;
  /** The trial and step whose checkpoint it begins from; null to begin at the beginning. */
  readonly parent: { readonly number: number; readonly step: number } | null;
}

/** One result in the order in which a search in `throughput` mode took them. */
export interface LogEntry {
  readonly seq: number;
  readonly number: number;
  /** The target step the trial had come to; null for its end. */
  readonly step: number | null;
}

/** Trials between rungs, in Postgres. Every change is conditional, and repeating it changes nothing. */
export interface RungStore {
  /** Takes trials back at their target step, with their last measurements; gives the ids that were still the caller's. */
  arrive(arrivals: readonly RungArrival[], reports: readonly MeasurementReport[]): Promise<readonly string[]>;
  /**
   * The trials of the numbers given, and all numbered `from` and above, by number. With `withResult`, those of the numbers that
   * are on their way to their first target step are left out.
   */
  rungRecords(
    searchId: string,
    which: { readonly numbers: readonly number[]; readonly from: number; readonly withResult?: boolean },
  ): Promise<readonly RungRecord[]>;
  /** All trials of a range of numbers, of many: `TrialStore.records` with what schedulers go by. */
  allRungRecords(
    searchId: string,
    which: { readonly from: number; readonly below: number; readonly withMetrics?: boolean },
  ): Promise<readonly RungRecord[]>;
  /** Adds trials as `TrialStore.add` does; those with a parent begin with a copy of its checkpoint, and are left out when there is none of that step. */
  addScheduled(searchId: string, spaceVersion: number, trials: readonly ScheduledTrial[]): Promise<readonly TrialRef[]>;
  /** Queues trials that wait at a rung below `targetStep` again; gives those that are queued now. */
  goOn(
    searchId: string,
    trials: readonly { readonly number: number; readonly targetStep: number | null }[],
  ): Promise<readonly TrialRef[]>;
  /** Ends trials that wait at a rung as `pruned`. */
  prune(searchId: string, trials: readonly { readonly number: number; readonly reason: string }[]): Promise<void>;
  /** Ends all trials of a running search that wait at a rung as `pruned`. */
  pruneWaiting(searchId: string, reason: string): Promise<void>;
  /** Appends to the log of a search; gives false, and appends nothing, when another process has used one of the `seq`. */
  appendLog(searchId: string, entries: readonly LogEntry[]): Promise<boolean>;
  /** The log from the `seq` `from` on, in order, at most `limit` of its entries. */
  readLog(searchId: string, which: { readonly from: number; readonly limit: number }): Promise<readonly LogEntry[]>;
}
