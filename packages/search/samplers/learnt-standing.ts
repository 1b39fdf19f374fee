import type { LearntTrial } from '../history.js';
import type { Standing } from '../standings.js';

/**
 * Where what was learnt of a trial stands: those that went all the way, then those that were stopped, the further they
 * came the better, then those that break a constraint, by how much, then those without a value.
 */
export function standingOf({ extent, step, violation, costs }: LearntTrial): Standing {
  if (extent === 'useless') return { tier: Number.POSITIVE_INFINITY, costs };
  if (violation > 0) return { tier: 2 + violation, costs };
  return { tier: extent === 'complete' ? 0 : 1 + 1 / (1 + step), costs };
}
