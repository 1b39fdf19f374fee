import type { Metrics, SearchSpec } from '@caviar/spec';

/** Whether metrics keep every bound of a spec. A bounded metric that is not there, or not finite, breaks its bound. */
export function keepsConstraints({ constraints = [] }: Pick<SearchSpec, 'constraints'>, metrics: Metrics): boolean {
  return constraints.every(({ metric, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }) => {
    const value = metrics[metric] ?? null;
    return value !== null && value >= min && value <= max;
  });
}
