import type { Params, ProposalBasis, Round, SearchSpec } from '@caviar/spec';
import type { PendingTrial, TrialRecord } from '../history.js';
import type { CompiledSpace } from '../space/compile-space.js';
import type { NamedSampler } from './auto.js';

/** A trial to be made. */
export interface Suggestion {
  readonly number: number;
  readonly params: Params;
  /** Index of the round it belongs to; null for samplers without rounds. */
  readonly round: number | null;
  /** Why it is proposed, in one sentence. */
  readonly proposal: string;
  /** What the proposal rests on; absent for draws that rest on nothing but the space. */
  readonly basis?: ProposalBasis;
}

/** Trial numbers `firstNumber` to `endNumber - 1` that are drawn from one region. */
export interface PlannedRound {
  /** From 0. */
  readonly index: number;
  readonly firstNumber: number;
  readonly endNumber: number;
}

/** What a sampler is asked about: a search as it stands. `S` is the sampler's own part of the spec. */
export interface SamplerProblem<S extends NamedSampler = NamedSampler> {
  readonly spec: SearchSpec;
  /** The one that proposes: for `auto` the one picked. */
  readonly sampler: S;
  readonly space: CompiledSpace;
  /** Number of the first trial drawn from this version of the space; 0 until the space is changed. */
  readonly spaceFirstNumber: number;
  /** Trials from `spaceFirstNumber` on that callers added, by number: the sampler does not draw those numbers. */
  readonly added: readonly PendingTrial[];
  /** Rounds decided so far. */
  readonly rounds: readonly Round[];
  /** Trials of earlier searches that a learner is shown before the first of its own. */
  readonly priorTrials: number;
}

/** What a round is decided from. */
export interface RoundDecision {
  readonly planned: PlannedRound;
  /** Trials of the search; those numbered below `planned.firstNumber` must all be in it, in any order. */
  readonly history: readonly TrialRecord[];
}

/** Draws one trial; a pure function of the number. */
export type Propose = (number: number) => Suggestion;

/**
 * What a learning sampler knows. A fold over outcomes: the same outcomes observed in the same order lead to the same
 * proposals bit for bit, whatever was proposed in between, so it can be kept up to date or built anew after a crash.
 */
export interface Learner {
  /**
   * Takes the outcome of a trial. In `strict` mode they come by number, without gaps; in `throughput` mode as they
   * happen.
   *
   * It may come again for a number: a trial that a scheduler paused at a rung (status `paused`) and that went on since,
   * with a larger `step`. The later record takes the place of the earlier one as if that had never been: proposals
   * depend on the latest record of each trial, in the order in which the trials were first observed.
   *
   * Params may not fit the space: it can have been changed since. What cannot be used is left out of account.
   */
  observe(trial: TrialRecord): void;
  /**
   * Proposes a trial, without changing what is known. `pending` are the trials, by number, that were made before it and
   * whose final outcome has not been observed; of one that was observed while paused, the observation counts.
   */
  propose(number: number, pending: readonly PendingTrial[]): Suggestion;
  /**
   * All that its proposals will follow from, as JSON whose size hardly grows with the trials, for `resume`; null where it cannot
   * say so. To be asked while each trial that it has observed has come to its end: none of them comes again.
   */
  summarize?(): unknown;
}

interface SamplerBase<S extends NamedSampler> {
  readonly kind: S['kind'];
  /** Trials it can propose from this version of the space at all; without it there is no end. */
  readonly size?: (problem: SamplerProblem<S>) => number;
  /** Why it cannot search this space, as the end of a sentence about the sampler; null = it can. */
  readonly refuse?: (problem: SamplerProblem<S>) => string | null;
  /** The sampler whose draws show where the search begins, for the preview; itself without it. */
  readonly previewAs?: (sampler: S) => NamedSampler;
  /** For samplers that go by rounds. */
  readonly rounds?: {
    /** Shares `maxTrials` out; rounds decided already keep their beginning. */
    readonly plan: (problem: SamplerProblem<S>) => readonly PlannedRound[];
    readonly decide: (problem: SamplerProblem<S>, decision: RoundDecision) => Round;
  };
}

/** A sampler whose draws depend on the problem and on the trial's number alone, never on who asks, when, or in what order. */
export interface DrawingSampler<S extends NamedSampler = NamedSampler> extends SamplerBase<S> {
  /** Prepares drawing; the result may be kept as long as the problem stays the same. */
  readonly prepare: (problem: SamplerProblem<S>) => Propose;
}

/**
 * A sampler that learns from every outcome. It must say with `previewAs` how it begins. One that goes by rounds is made anew
 * when a round has been decided.
 */
export interface LearningSampler<S extends NamedSampler = NamedSampler> extends SamplerBase<S> {
  readonly previewAs: (sampler: S) => NamedSampler;
  readonly learn: (problem: SamplerProblem<S>) => Learner;
  /** The learner that a summary of one for the same problem was made of: from here on the two propose the same, bit for bit. */
  readonly resume?: (problem: SamplerProblem<S>, summary: unknown) => Learner;
}

/** A way of choosing params. */
export type Sampler<S extends NamedSampler = NamedSampler> = DrawingSampler<S> | LearningSampler<S>;

/** Whether a sampler learns from every outcome. */
export function learns<S extends NamedSampler>(sampler: Sampler<S>): sampler is LearningSampler<S> {
  return 'learn' in sampler;
}
