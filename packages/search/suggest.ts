import type { SearchSpec } from '@caviar/spec';
import { INITIAL_STATE, type SearchState, samplerProblem } from './plan-search.js';
import { findSampler } from './samplers/registry.js';
import type { Propose, Suggestion } from './samplers/sampler.js';

/** A search made ready for drawing. To be kept until the spec, the version of the space or the rounds change. */
export interface SuggestContext {
  readonly propose: Propose;
}

/** Prepares the drawing of a search's trials, from `state.spaceFirstNumber` on. */
export function prepareSearch(spec: SearchSpec, state: SearchState = INITIAL_STATE): SuggestContext {
  return { propose: findSampler(spec.sampler.kind).prepare(samplerProblem(spec, state)) };
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
