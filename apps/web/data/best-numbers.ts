import type { SearchView, TableFilter } from '@caviar/contracts';
import { constraintsOf, type Objective } from './objectives.js';
import { api } from './session.js';

/** Numbers of the best trials by one of several objectives, those first that keep all constraints. */
export async function bestNumbers(
  { id, spec }: SearchView,
  { metric, direction }: Objective,
  { count, signal }: { readonly count: number; readonly signal: AbortSignal },
): Promise<readonly number[]> {
  const order = direction === 'minimize' ? ('asc' as const) : ('desc' as const);
  const find = async (filter: TableFilter) => {
    const { items } = await api().trialTable(id, { sort: `metrics.${metric}`, order, filter, limit: count, signal });
    return items.filter(({ metrics }) => typeof metrics?.[metric] === 'number').map(({ number }) => number);
  };
  const kept = await find(boundsFilter(spec));
  if (kept.length >= count || constraintsOf(spec).length === 0) return kept;
  return [...new Set([...kept, ...(await find({}))])].slice(0, count);
}

function boundsFilter(spec: SearchView['spec']): TableFilter {
  const filter: TableFilter = {};
  for (const { metric, min, max } of constraintsOf(spec)) {
    const { min: low, max: high } = (filter[`metrics.${metric}`] ?? {}) as { min?: number; max?: number };
    const [least, most] = [Math.max(min ?? -Infinity, low ?? -Infinity), Math.min(max ?? Infinity, high ?? Infinity)];
    filter[`metrics.${metric}`] = {
      ...(least > -Infinity && { min: least }),
      ...(most < Infinity && { max: most }),
    };
  }
  return filter;
}
