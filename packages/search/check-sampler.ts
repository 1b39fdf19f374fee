import type { SearchSpec, SpecIssue } from '@caviar/spec';
import { INITIAL_STATE, samplerFor } from './plan-search.js';
import { checkParams } from './space/check-params.js';

/** Samplers that model one value. */
const ONE_OBJECTIVE: ReadonlySet<string> = new Set(['tpe', 'gp', 'cma-es']);

/** What the sampler of a spec cannot do with its space, and which given trials are none of it; to be asked after `checkSearchSpec`. Empty = fine. */
export function checkSampler(spec: SearchSpec): SpecIssue[] {
  const { sampler, problem } = samplerFor(spec, INITIAL_STATE);
  const message = sampler.refuse?.(problem) ?? null;
  const issues: SpecIssue[] = message === null ? [] : [{ path: ['sampler'], message }];
  if (spec.objectives !== undefined && ONE_OBJECTIVE.has(sampler.kind)) {
    const message = `${sampler.kind} goes by one objective; nsga2 goes by several, and samplers that do not learn by any number`;
    issues.push({ path: ['sampler', 'kind'], message });
  }
  const given = spec.trials ?? [];
  for (const [index, params] of given.entries()) {
    for (const { path, message } of checkParams(spec.space, params)) {
      issues.push({ path: ['trials', index, ...path], message });
    }
  }
  return issues;
}
