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
  checkTrialsInFlight({ project, quota: quotas.trialsInFlight, used: trialsInFlight, parallelism });
}

/** Refuses more parallelism for a search that runs than its project has left: what it has already counts as used. */
export async function checkParallelism(
  { keys, quotas }: Pick<Deps, 'keys' | 'quotas'>,
  project: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  if (quotas === undefined || to <= from) return;
  const { trialsInFlight } = await keys.usage(project);
  checkTrialsInFlight({ project, quota: quotas.trialsInFlight, used: trialsInFlight - from, parallelism: to });
}

interface InFlight {
  readonly project: string;
  readonly quota: number;
  readonly used: number;
  readonly parallelism: number;
}

function checkTrialsInFlight({ project, quota, used, parallelism }: InFlight): void {
  if (used + parallelism <= quota) return;
  const left = Math.max(0, quota - used);
  const message = `The project ${project} may have ${quota} trials in flight: ${left} are left, and parallelism is ${parallelism}`;
  throw new DomainError('quota-exceeded', message);
}
