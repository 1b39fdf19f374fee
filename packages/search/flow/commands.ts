import type { FinalTrialStatus } from '@caviar/spec';
import type { Origin } from '../schedulers/scheduler.js';

/** What a trial has come to at a step. */
export interface Outcome {
  /** The (first) objective as reported; null for none, and for what is not finite. */
  readonly value: number | null;
  /** All objectives, where a search has several. */
  readonly values?: readonly (number | null)[];
  /** By how much it breaks the constraints, where a search has some (`violationOf`). */
  readonly violation?: number;
  readonly gap?: number;
}

/** What came of a trial, as stored. */
export interface FlowResult extends Outcome {
  readonly number: number;
  /** For `reached` the `toStep` of the trial's job; otherwise the last step measured, 0 when there was none. */
  readonly step: number;
  /** `reached`: the trial came to its job's `toStep` and waits. */
  readonly status: 'reached' | FinalTrialStatus;
}

/** A job: a trial trains until it has done `toStep` steps; null = to its own end. */
export interface FlowJob {
  readonly number: number;
  readonly toStep: number | null;
}

/** What is to be done, in logical order. To do what is done already changes nothing. */
export type FlowCommand =
  /**
   * From here on a learning sampler may see this outcome. A trial that waits at a rung is `paused`, and comes again
   * with more steps when it has gone on.
   */
  | (Outcome & {
      readonly kind: 'observe';
      readonly number: number;
      readonly step: number;
      readonly status: 'paused' | FinalTrialStatus;
    })
  /** Make the next trial and train it; `from`: out of that trial's checkpoint, with params from `exploreParams`. */
  | (FlowJob & { readonly kind: 'create'; readonly from?: Origin; readonly reason: string | null })
  /** Train a trial further. */
  | (FlowJob & { readonly kind: 'continue'; readonly reason: string })
  /** End a trial as `pruned`. */
  | { readonly kind: 'stop'; readonly number: number; readonly reason: string };
