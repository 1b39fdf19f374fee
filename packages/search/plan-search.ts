import type { Round, SamplerSpec, SearchSpec } from '@caviar/spec';
import type { PendingTrial, TrialRecord } from './history.js';
import { pickSampler } from './samplers/auto.js';
import { findSampler } from './samplers/registry.js';
import { learns, type PlannedRound, type Sampler, type SamplerProblem } from './samplers/sampler.js';
import { withOneValue } from './several-objectives.js';
import { compileSpace } from './space/compile-space.js';

/** How far a search has come, as far as its plan depends on it. */
export interface SearchState {
  /** Number of the first trial drawn from the present version of the space; 0 until the space is changed. */
  readonly spaceFirstNumber: number;
  /** Rounds decided so far, by index; empty for samplers without rounds. */
  readonly rounds: readonly Round[];
  /** Trials that callers added on the way, by number: what is drawn after them goes by them. */
  readonly added?: readonly PendingTrial[];
  /** Results of earlier searches, numbered below 0, that a learning sampler begins with. */
  readonly prior?: readonly TrialRecord[];
}

/** A search that has not begun. */
export const INITIAL_STATE: SearchState = { spaceFirstNumber: 0, rounds: [] };

/** What a search will do, as far as it is known before its results. */
export interface SearchPlan {
  /** What proposes the trials. */
  readonly sampler: {
    readonly kind: SamplerSpec['kind'];
    /** Why `auto` picked it, as the end of a sentence; null where the spec names it. */
    readonly reason: string | null;
  };
  /** Trials it makes unless another criterion ends it sooner; null = no number is set. */
  readonly totalTrials: number | null;
  /** All rounds, decided and to come; empty for samplers without rounds. */
  readonly rounds: readonly PlannedRound[];
  /**
   * For learning samplers in `strict` mode: trial n goes by the outcomes of exactly the trials numbered below
   * n - window + 1. Null where nothing has to be waited for.
   */
  readonly window: number | null;
}

/** Plans a search; to be asked again after a change of the spec (space, stop criteria). */
export function planSearch(spec: SearchSpec, state: SearchState = INITIAL_STATE): SearchPlan {
  const { sampler, problem } = samplerFor(spec, state);
  const end = sampler.size === undefined ? Number.POSITIVE_INFINITY : problem.spaceFirstNumber + sampler.size(problem);
  const totalTrials = Math.min(spec.stop.maxTrials ?? Number.POSITIVE_INFINITY, end);
  return {
    sampler: { kind: sampler.kind, reason: pickSampler(spec).reason },
    totalTrials: Number.isFinite(totalTrials) ? totalTrials : null,
    rounds: sampler.rounds?.plan(problem) ?? [],
    window: learns(sampler) && spec.reproducibility === 'strict' ? spec.parallelism : null,
  };
}

/** The planned round that a trial number belongs to; null for samplers without rounds. */
export function plannedRoundOf(plan: SearchPlan, number: number): PlannedRound | null {
  return plan.rounds.find(({ firstNumber, endNumber }) => number >= firstNumber && number < endNumber) ?? null;
}

/**
 * Number h such that all trials numbered below h must be final before trial `number` can be proposed; 0 = none. Where
 * h > 0 the trial's round must also have been decided (`decideRound`).
 */
export function historyNeeded(plan: SearchPlan, number: number): number {
  const window = plan.window === null ? 0 : Math.max(0, number - plan.window + 1);
  return Math.max(window, plannedRoundOf(plan, number)?.firstNumber ?? 0);
}

/** What `decideRound` goes by. */
export interface RoundQuestion extends SearchState {
  /** The round to decide; those before it are in `rounds`. */
  readonly index: number;
  /** Must hold every trial numbered below the round's first number, all final; later ones are left out of account. */
  readonly history: readonly TrialRecord[];
}

/** Decides the region of a round. The answer does not depend on the order of the history. */
export function decideRound(spec: SearchSpec, plan: SearchPlan, question: RoundQuestion): Round {
  const planned = plan.rounds[question.index];
  const { sampler, problem } = samplerFor(spec, question);
  const { rounds } = sampler;
  if (planned === undefined || rounds === undefined) {
    throw new RangeError(`the plan of this search has no round ${question.index}`);
  }
  return rounds.decide(problem, { planned, history: withOneValue(spec, question.history) });
}

/** @internal The sampler that proposes, and what it is asked about. */
export function samplerFor(
  spec: SearchSpec,
  { spaceFirstNumber, rounds, added = [], prior = [] }: SearchState,
): { readonly sampler: Sampler; readonly problem: SamplerProblem } {
  const { sampler } = pickSampler(spec);
  const space = compileSpace(spec.space);
  // Trials that the spec gives come before the sampler's own.
  const firstNumber = Math.max(spaceFirstNumber, spec.trials?.length ?? 0);
  const since = { spaceFirstNumber: firstNumber, added: added.filter(({ number }) => number >= firstNumber) };
  const problem = { spec, sampler, space, ...since, rounds, priorTrials: prior.length };
  return { sampler: findSampler(sampler), problem };
}
