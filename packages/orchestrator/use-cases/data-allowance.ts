import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';

/** What is left of a project's quota of data; shared by the parts of one upload. */
export interface DataAllowance {
  /** Takes bytes as they come in. @throws DomainError `quota-exceeded` once they are more than is left */
  take(bytes: number): void;
}

/**
 * The bytes that a project may still store as data sets, given those it has stored. Whoever streams an upload takes each chunk
 * before keeping it, so that nothing that is too large is ever written whole. Like the other quotas it does not count two uploads
 * at the same moment against each other.
 */
export function dataAllowance({ quotas }: Pick<Deps, 'quotas'>, project: string, usedBytes: number): DataAllowance {
  const most = quotas?.dataBytes ?? Number.POSITIVE_INFINITY;
  let left = Math.max(0, most - usedBytes);
  return {
    take(bytes) {
      left -= bytes;
      if (left >= 0) return;
      const message = `The project ${project} may store ${most} bytes of data sets, and has ${usedBytes}`;
      throw new DomainError('quota-exceeded', message);
    },
  };
}
