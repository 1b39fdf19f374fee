import type { Params } from './params.js';

/** Hyperparameters changed by hand between two steps of a run (seed 2.6, manual decay; 3.3, the panda). */
export interface ParamChange {
  /** Steps that were finished when the change was made: the next one is the first that it holds for. */
  readonly afterStep: number;
  /** The new values; what is not named stays as it was. */
  readonly params: Params;
}

/**
 * What became of an edit: it waits for the trial's next step; it holds (or held); the trainer refused it; a later rewind took it
 * back; or the trial ended first.
 */
export const EDIT_STATES = ['pending', 'applied', 'refused', 'undone', 'missed'] as const;
export type EditState = (typeof EDIT_STATES)[number];

/** One line of the log of what people did to a trial. */
export interface TrialEdit {
  /** From 1, in the order in which they were asked for. */
  readonly number: number;
  readonly kind: 'params' | 'rewind';
  readonly state: EditState;
  /** Of a change: the step after which it holds, null until it does. Of a rewind: the step that the trial went back to. */
  readonly step: number | null;
  /** The new values; empty for a rewind. */
  readonly params: Params;
  /** What held before, of the same names; null for what had no value. */
  readonly previous: Params;
  /** Who did it: the name of an API key. */
  readonly by: string;
  /** Why it was refused, or what took it back. */
  readonly reason: string | null;
  readonly requestedAt: Date;
  /** When it was applied or refused. */
  readonly settledAt: Date | null;
}
