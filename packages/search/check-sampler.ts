import type { SearchSpec, SpecIssue } from '@caviar/spec';
import { INITIAL_STATE, samplerFor } from './plan-search.js';

/** What the sampler of a spec cannot do with its space; to be asked after `checkSearchSpec`. Empty = fine. */
export function checkSampler(spec: SearchSpec): SpecIssue[] {
  const { sampler, problem } = samplerFor(spec, INITIAL_STATE);
  const message = sampler.refuse?.(problem) ?? null;
  return message === null ? [] : [{ path: ['sampler'], message }];
}
