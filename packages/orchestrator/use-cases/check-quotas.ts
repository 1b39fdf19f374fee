import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';

/**
 * Refuses a search that would be more than its project may have running. Two that come at the same moment may both be let
 * in: a quota keeps a project from flooding the others, it does not count to the last one.
 */
export async function checkQuotas(
  { keys, quotas }: Pick<Deps, 'keys' | 'quotas'>,
  project: string,
  parallelism: number,
): Promise<void> {
  if (quotas === undefined) return;
  const { searches, trialsInFlight } = await keys.usage(project);
  if (searches + 1 > quotas.searches) {
    throw new DomainError(
      'quota-exceeded',
      `The project ${project} may have ${quotas.searches} searches running at once`,
    );
  }
  if (trialsInFlight + parallelism > quotas.trialsInFlight) {
    const left = Math.max(0, quotas.trialsInFlight - trialsInFlight);
    const message = `The project ${project} may have ${quotas.trialsInFlight} trials in flight: ${left} are left, and parallelism is ${parallelism}`;
    throw new DomainError('quota-exceeded', message);
  }
}
