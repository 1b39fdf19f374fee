import type { SearchSpec, SpecIssue } from '@caviar/spec';
import { INITIAL_STATE, samplerProblem } from './plan-search.js';
import { findSampler } from './samplers/registry.js';

/** What the sampler of a spec cannot do with its space; to be asked after `checkSearchSpec`. Empty = fine. */
export function checkSampler(spec: SearchSpec): SpecIssue[] {
  const message = findSampler(spec.sampler.kind).refuse?.(samplerProblem(spec, INITIAL_STATE)) ?? null;
  return message === null ? [] : [{ path: ['sampler'], message }];
}
