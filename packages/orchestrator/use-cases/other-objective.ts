import { type Objective, objectivesOf, type SearchSpec } from '@caviar/spec';
import { DomainError } from '../errors.js';

/** The objective of that metric; null for the first, which trials are ranked by, and which holds if none is named. */
export function otherObjective(spec: SearchSpec, metric: string | undefined): Objective | null {
  if (metric === undefined || metric === spec.objective.metric) return null;
  const objectives = objectivesOf(spec);
  const found = objectives.find((objective) => objective.metric === metric);
  if (found !== undefined) return found;
  const message = `must be one of ${objectives.map((objective) => objective.metric).join(', ')}`;
  throw new DomainError('invalid-request', `The search has no objective ${metric}`, {
    issues: [{ path: ['objective'], message }],
  });
}
