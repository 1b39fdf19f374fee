import type { Params, Round, SamplerSpec, SearchSpec } from '@caviar/spec';
import type { TrialRecord } from '../history.js';
import type { CompiledSpace } from '../space/compile-space.js';

/** A trial to be made. */
export interface Suggestion {
  readonly number: number;
  readonly params: Params;
  /** Index of the round it belongs to; null for samplers without rounds. */
  readonly round: number | null;
  /** Why it is proposed, in one sentence. */
  readonly proposal: string;
}

/** Trial numbers `firstNumber` to `endNumber - 1` that are drawn from one region. */
export interface PlannedRound {
  /** From 0. */
  readonly index: number;
  readonly firstNumber: number;
  readonly endNumber: number;
}

/** What a sampler is asked about: a search as it stands. `S` is the sampler's own part of the spec. */
export interface SamplerProblem<S extends SamplerSpec = SamplerSpec> {
  readonly spec: SearchSpec;
  readonly sampler: S;
  readonly space: CompiledSpace;
  /** Number of the first trial drawn from this version of the space; 0 until the space is changed. */
  readonly spaceFirstNumber: number;
  /** Rounds decided so far. */
  readonly rounds: readonly Round[];
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
 * A way of choosing params. Pure: what it proposes depends on the problem and on the trial number, never on who asks,
 * when, or in what order.
 */
export interface Sampler<S extends SamplerSpec = SamplerSpec> {
  readonly kind: S['kind'];
  /** Trials it can propose from this version of the space at all; without it there is no end. */
  readonly size?: (problem: SamplerProblem<S>) => number;
  /** Why it cannot search this space, as the end of a sentence about the sampler; null = it can. */
  readonly refuse?: (problem: SamplerProblem<S>) => string | null;
  /** The sampler whose draws show where the search begins, for the preview; itself without it. */
  readonly previewAs?: (sampler: S) => SamplerSpec;
  /** Prepares drawing; the result may be kept as long as the problem stays the same. */
  readonly prepare: (problem: SamplerProblem<S>) => Propose;
  /** For samplers that go by rounds. */
  readonly rounds?: {
    /** Shares `maxTrials` out; rounds decided already keep their beginning. */
    readonly plan: (problem: SamplerProblem<S>) => readonly PlannedRound[];
    readonly decide: (problem: SamplerProblem<S>, decision: RoundDecision) => Round;
  };
}
