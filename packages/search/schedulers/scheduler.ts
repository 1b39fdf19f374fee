import type { FinalTrialStatus, SchedulerSpec, SearchSpec } from '@caviar/spec';

/** What a scheduler is told, one event at a time. */
export type SchedulerEvent =
  | { readonly kind: 'measured'; readonly number: number; readonly step: number; readonly value: number | null }
  | {
      readonly kind: 'ended';
      readonly number: number;
      readonly status: FinalTrialStatus;
      readonly value: number | null;
    };

/** What a running trial is to do. */
export interface Decision {
  /** The trial's number. */
  readonly number: number;
  readonly action: 'continue' | 'pause' | 'stop';
  /** Why, in one sentence; null where there is nothing to say. */
  readonly reason: string | null;
}

/** What a scheduler remembers: plain JSON, stored with the search. The version tells later code what shape it has. */
export interface SchedulerState {
  readonly version: number;
}

export interface SchedulerStep<State extends SchedulerState> {
  readonly state: State;
  /** For the trial of a `measured` event at least, and for whichever others the event decides. */
  readonly decisions: readonly Decision[];
}

/** A way of giving trials their budgets: events in, decisions out, pure. `S` is the scheduler's own part of the spec. */
export interface Scheduler<S extends SchedulerSpec = SchedulerSpec, State extends SchedulerState = SchedulerState> {
  readonly kind: S['kind'];
  readonly start: (spec: SearchSpec, scheduler: S) => State;
  /** Values in events are turned so that lower is better. */
  readonly handle: (state: State, event: SchedulerEvent) => SchedulerStep<State>;
}
