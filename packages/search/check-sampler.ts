import type { SearchSpec, SpecIssue } from '@caviar/spec';
import { INITIAL_STATE, samplerFor } from './plan-search.js';
import type { NamedSampler } from './samplers/auto.js';
import { checkParams } from './space/check-params.js';

/** What the sampler of a spec cannot do with its space, and which given trials are none of it; to be asked after `checkSearchSpec`. Empty = fine. */
export function checkSampler(spec: SearchSpec): SpecIssue[] {
  const { sampler, problem } = samplerFor(spec, INITIAL_STATE);
  const message = sampler.refuse?.(problem) ?? null;
  const issues: SpecIssue[] = message === null ? [] : [{ path: ['sampler'], message }];
  if (spec.objectives !== undefined && goesByOneValue(problem.sampler)) {
    const message =
      'cma-es goes by one objective: gp, tpe and nsga2 go by several, and samplers that do not learn by any number';
    issues.push({ path: sampler.kind === 'cma-es' ? ['sampler', 'kind'] : ['sampler', 'base'], message });
  }
  const given = spec.trials ?? [];
  for (const [index, params] of given.entries()) {
    for (const { path, message } of checkParams(spec.space, params)) {
      issues.push({ path: ['trials', index, ...path], message });
    }
  }
  return issues;
}

/** CMA-ES moves one distribution to one place. */
function goesByOneValue(sampler: NamedSampler): boolean {
  return sampler.kind === 'cma-es' || (sampler.kind === 'coarse-to-fine' && sampler.base === 'cma-es');
}
