import { isFinal, type SamplerSpec, type SearchSpec } from '@caviar/spec';
import type { PendingTrial, TrialRecord } from './history.js';
import { INITIAL_STATE, plannedRoundOf, planSearch, type SearchState, samplerFor } from './plan-search.js';
import { pickSampler } from './samplers/auto.js';
import { type AnewSummary, proposeAnew } from './samplers/propose-anew.js';
import { findSampler } from './samplers/registry.js';
import { type Learner, learns, type Propose, type Suggestion } from './samplers/sampler.js';

/** A search made ready for drawing. To be kept until the spec, the version of the space or the rounds change. */
export interface SuggestContext {
  readonly propose: Propose;
}

/** Prepares the drawing of a search's trials, from `state.spaceFirstNumber` on. Throws a TypeError for a sampler that learns. */
export function prepareSearch(spec: SearchSpec, state: SearchState = INITIAL_STATE): SuggestContext {
  const { sampler, problem } = samplerFor(spec, state);
  if (learns(sampler)) throw new TypeError(`${sampler.kind} learns: it is asked through startLearning`);
  const draw = sampler.prepare(problem);
  const { reason } = pickSampler(spec);
  const propose: Propose = reason === null ? draw : (number) => withPick(draw(number), sampler.kind, reason);
  if (spec.trials === undefined) return { propose };
  const plan = planSearch(spec, state);
  return {
    propose: (number) => {
      const given = givenTrial(spec, number);
      return given === null
        ? propose(number)
        : { number, round: plannedRoundOf(plan, number)?.index ?? null, ...given };
    },
  };
}

/** A proposal that also says which sampler `auto` picked, and why. */
function withPick(suggestion: Suggestion, kind: SamplerSpec['kind'], reason: string): Suggestion {
  const proposal = `${suggestion.proposal.slice(0, -1)}; auto picked ${kind}, as ${reason}.`;
  return { ...suggestion, proposal, basis: suggestion.basis ?? { sampler: kind, trials: [] } };
}

/**
 * The trials numbered `firstNumber` to `endNumber - 1`. Each depends on its number alone, not on what else is asked.
 *
 * Throws a RangeError for numbers beyond the plan, or of a round that has not been decided.
 */
export function suggest(context: SuggestContext, firstNumber: number, endNumber: number): Suggestion[] {
  const suggestions: Suggestion[] = [];
  for (let number = firstNumber; number < endNumber; number++) suggestions.push(context.propose(number));
  return suggestions;
}

/** The params and the reason of a trial that the spec itself gives; null for those that the sampler proposes. */
function givenTrial({ trials = [] }: SearchSpec, number: number): Pick<Suggestion, 'params' | 'proposal'> | null {
  const params = trials[number];
  return params === undefined ? null : { params, proposal: 'Given with the spec, to be tried first.' };
}

/** A learning sampler at work on one search. To be kept, and built anew when the spec or its space change. */
export interface LearningContext {
  readonly spec: SearchSpec;
  readonly learner: Learner;
  /** Trials that were observed while they waited for their scheduler, and have not ended. */
  readonly waiting: Set<number>;
  /** What `firstUnobserved` was when it began. */
  readonly begunAt: number;
  /** The final outcomes of all trials numbered below this have been observed; of those above, the ones in `beyond`. */
  firstUnobserved: number;
  readonly beyond: Set<number>;
}

/** Whether the sampler of a spec learns from every outcome. */
export function learnsFromResults(spec: SearchSpec): boolean {
  return learns(findSampler(pickSampler(spec).sampler));
}

/** Whether trials of a spec stop on the way for a scheduler to decide: then its flow says what trials do. */
export function isScheduled(spec: SearchSpec): boolean {
  return spec.scheduler.kind !== 'fifo';
}

/**
 * What has been learnt from all trials numbered below `below`, as JSON. It follows from the spec, the state of the search (its space,
 * rounds and prior trials) and the outcomes of those trials alone, whoever made it.
 */
export interface LearningSummary {
  readonly below: number;
  readonly learnt: unknown;
}

/** To be raised with every change of what summaries hold or of what is made of them: one of another form is not for us. */
export const SUMMARY_FORM = 2;

/** Begins learning, from a summary or from nothing; null for a sampler that does not learn. */
export function startLearning(
  spec: SearchSpec,
  state: SearchState = INITIAL_STATE,
  summary?: LearningSummary,
): LearningContext | null {
  const { sampler, problem } = samplerFor(spec, state);
  if (!learns(sampler)) return null;
  const learn = (known?: unknown) =>
    known === undefined || sampler.resume === undefined ? sampler.learn(problem) : sampler.resume(problem, known);
  const learner = explained(spec, proposeAnew(problem, learn, summary?.learnt as AnewSummary | undefined));
  if (summary === undefined) for (const trial of state.prior ?? []) learner.observe(trial);
  const begunAt = summary?.below ?? 0;
  return { spec, learner, begunAt, firstUnobserved: begunAt, beyond: new Set(), waiting: new Set() };
}

/** What has been learnt so far; null where the sampler cannot say, and while trials are known whose outcome is to come. */
export function summarizeLearning({
  learner,
  firstUnobserved,
  beyond,
  waiting,
}: LearningContext): LearningSummary | null {
  if (beyond.size > 0 || waiting.size > 0) return null;
  const learnt = learner.summarize?.() ?? null;
  return learnt === null ? null : { below: firstUnobserved, learnt };
}

function explained(spec: SearchSpec, learner: Learner): Learner {
  const { sampler, reason } = pickSampler(spec);
  if (reason === null) return learner;
  return {
    observe: (trial) => learner.observe(trial),
    propose: (number, pending) => withPick(learner.propose(number, pending), sampler.kind, reason),
    summarize: () => learner.summarize?.() ?? null,
  };
}

/** Whether the final outcome of a trial has been observed. */
export function hasObserved({ firstUnobserved, beyond }: LearningContext, number: number): boolean {
  return number < firstUnobserved || beyond.has(number);
}

/**
 * Hands a learner, in the order given, the trials whose final outcome it has not seen yet. A paused trial is handed over
 * every time, and still counts as not observed: its outcome is yet to come.
 */
export function observe(context: LearningContext, trials: readonly TrialRecord[]): void {
  const { learner, beyond, waiting } = context;
  for (const trial of trials) {
    const { number } = trial;
    if (hasObserved(context, number)) continue;
    learner.observe(trial);
    if (!isFinal(trial.status)) {
      waiting.add(number);
      continue;
    }
    if (waiting.size > 0) waiting.delete(number);
    if (number === context.firstUnobserved) context.firstUnobserved++;
    else beyond.add(number);
    if (beyond.size > 0) while (beyond.delete(context.firstUnobserved)) context.firstUnobserved++;
  }
}

/** Proposes one trial, given those that are made and not observed, by number. */
export function suggestNext(
  { spec, learner }: LearningContext,
  number: number,
  pending: readonly PendingTrial[],
): Suggestion {
  const given = givenTrial(spec, number);
  if (given !== null) return { number, round: null, ...given };
  const suggestion = learner.propose(number, pending);
  const { basis } = suggestion;
  if (basis === undefined) return suggestion;
  // Trials of earlier searches have no number here.
  return { ...suggestion, basis: { ...basis, trials: basis.trials.filter((one) => one >= 0) } };
}
