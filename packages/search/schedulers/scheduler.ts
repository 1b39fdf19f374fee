import type { FinalTrialStatus, SchedulerSpec, SearchSpec } from '@caviar/spec';
import type { Standing } from '../standings.js';

/** What a scheduler is asked about. `S` is its own part of the spec. */
export interface SchedulerProblem<S extends SchedulerSpec = SchedulerSpec> {
  readonly spec: SearchSpec;
  readonly scheduler: S;
}

/** A trial at the end of its job, in logical order. */
export interface Arrival {
  readonly number: number;
  /** Step it has reached: the job's own for `reached`, any for an end. */
  readonly step: number;
  /** Step that its job led to; null = its own end. */
  readonly toStep: number | null;
  /** The (first) objective at that step, turned so that lower is better; null for what is not a finite number. */
  readonly cost: number | null;
  /** All objectives and the constraints at that step; null where an objective is not a finite number. */
  readonly standing: Standing | null;
  /** `reached`: it came to the end of its job and can go on; otherwise it is over. */
  readonly status: 'reached' | FinalTrialStatus;
}

/** What is to happen to a trial because of an arrival. */
export type Decision =
  /** The trial that arrived goes on at once, in the slot it has. */
  | { readonly kind: 'continue'; readonly number: number; readonly toStep: number | null; readonly reason: string }
  /** A trial that waits, or the one that arrived, ends here. */
  | { readonly kind: 'stop'; readonly number: number; readonly reason: string };

/** What a free slot does next. */
export type Offer =
  /** A waiting trial goes on. */
  | { readonly kind: 'continue'; readonly number: number; readonly toStep: number | null; readonly reason: string }
  /** The next trial is made; `from`: out of the checkpoint of an earlier one. */
  | {
      readonly kind: 'create';
      readonly toStep: number | null;
      readonly from?: Origin;
      /** A waiting trial that ends because this one takes its place. */
      readonly replaces?: { readonly number: number; readonly reason: string };
      readonly reason: string | null;
    };

/** The checkpoint that a trial begins with. */
export interface Origin {
  readonly number: number;
  readonly step: number;
}

/** What a scheduler did at one step so far. */
export interface RungReport {
  /** Hyperband's s, for all brackets of that s together; null for other schedulers. */
  readonly bracket: number | null;
  /** Step at which trials are compared. */
  readonly step: number;
  /** Trials that came here. */
  readonly trials: number;
  /** Those of them that went on. */
  readonly promoted: number;
  /** Cost of the worst trial that may go on, at the latest cut; null while none may, and with several objectives. */
  readonly cut: number | null;
}

/** What a scheduler remembers: plain JSON. The version tells later code what shape it has. */
export interface SchedulerState {
  readonly version: number;
}

/**
 * A scheduler at work on one search: events in, decisions out. It keeps `state` up to date in place, and whatever it
 * answers follows from the state and the question alone.
 */
export interface SchedulerRun {
  readonly state: SchedulerState;
  /** Steps of a trial that runs to its own end, as far as the plan counts them; null = trials count as one step each. */
  readonly fullSteps: number | null;
  /** Takes note of a trial at the end of its job. Unless it is told to continue or stop, a trial that `reached` waits. */
  arrive(arrival: Arrival): readonly Decision[];
  /** What a free slot does. `number`: of the next trial; null when none may be made now. Null = leave the slot empty. */
  offer(number: number | null): Offer | null;
  /**
   * No slot has anything to do, no trial can be made, and trials wait: makes some of them able to go on (`offer` hands
   * them out), or stops some, or both.
   */
  close(): readonly Decision[];
  /** What it did so far, by bracket and step. */
  rungs(): readonly RungReport[];
}

/** A way of giving trials their budgets. */
export interface Scheduler<S extends SchedulerSpec = SchedulerSpec, State extends SchedulerState = SchedulerState> {
  readonly kind: S['kind'];
  /** The state before the first event. */
  start(problem: SchedulerProblem<S>): State;
  /** Goes on from a state, which it takes over. */
  resume(problem: SchedulerProblem<S>, state: State): SchedulerRun;
}
