import type { SearchSpace, SearchSpec } from '@caviar/spec';
import { outcomeAmong } from '../several-objectives.js';
import { searchSpec } from './search-spec.js';

/** A spec with objectives `f1`, `f2`, ... to be minimised. */
export function severalSpec(space: SearchSpace, count: number, changes: Partial<SearchSpec>): SearchSpec {
  const objectives = Array.from({ length: count }, (_, m) => ({
    metric: `f${m + 1}`,
    direction: 'minimize' as const,
  }));
  return searchSpec(space, { objective: objectives[0]!, ...(count > 1 && { objectives }), ...changes });
}

/** A completed trial with these metrics, as samplers see it. */
export function completedTrial(spec: SearchSpec, number: number, metrics: Readonly<Record<string, number | null>>) {
  return { number, status: 'completed' as const, step: 1, ...outcomeAmong(spec, metrics) };
}
