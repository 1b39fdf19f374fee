import type { TrialRef } from '@caviar/orchestrator';
import { z } from 'zod';

/** The job catalogue: one queue, one kind of job. A job carries ids and nothing that a worker would have to believe. */
export const TRIAL_QUEUE = 'trials';
export const TRIAL_JOB = 'train';

export const trialJobSchema = z.object({
  trialIds: z
    .array(z.string().regex(/^trl_\w{1,100}$/))
    .min(1)
    .max(1000),
});
export type TrialJob = z.infer<typeof trialJobSchema>;

/**
 * Cuts trials into jobs. A job is named after its attempts, so that dispatching them twice makes one job. None has a delay: BullMQ
 * measures those by the clocks of whoever dispatches and whoever works.
 */
export function toJobs(
  trials: readonly TrialRef[],
  trialsPerJob: number,
): { readonly name: string; readonly data: TrialJob; readonly opts: { readonly jobId: string } }[] {
  const jobs = [];
  for (let i = 0; i < trials.length; i += trialsPerJob) {
    const chunk = trials.slice(i, i + trialsPerJob);
    const [first] = chunk;
    if (first === undefined) break;
    const jobId = `${first.id}-${first.attempt}-${chunk.length}`;
    jobs.push({ name: TRIAL_JOB, data: { trialIds: chunk.map(({ id }) => id) }, opts: { jobId } });
  }
  return jobs;
}
