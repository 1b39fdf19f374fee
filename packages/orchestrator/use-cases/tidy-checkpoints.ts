import type { Deps } from '../deps.js';

/** Removes checkpoints of trials that have ended, and all but `most` of the others, spread over their way. */
export async function tidyCheckpoints(
  { checkpoints, logger }: Pick<Deps, 'checkpoints' | 'logger'>,
  most: number,
): Promise<void> {
  const removed = await checkpoints.tidy(most);
  if (removed > 0) logger.debug({ removed }, 'checkpoints removed');
}
