import { createHash } from 'node:crypto';
import type { Search } from '@caviar/spec';
import type { Deps } from '../deps.js';
import type { NewSearch } from '../ports/search-store.js';

export interface MadeSearch {
  readonly search: Search;
  readonly created: boolean;
}

type Idempotency = NewSearch['idempotency'];

/** What tells one request from another: the caller's key, and what the body says, in whatever order its keys come. */
export function identify(key: string | undefined, project: string, body: object): Idempotency {
  return key === undefined ? null : { key: `${project}:${key}`, requestHash: hashOf(body) };
}

/**
 * Makes a search, or gives the one that the same request has made before. That one stands whatever has become of what it needed: its
 * data set may be gone, the searches that it began with, or the quota, which it may itself have used up. Throws `idempotency-conflict`.
 */
export async function onceByKey(
  { searches }: Pick<Deps, 'searches'>,
  idempotency: Idempotency,
  make: () => Promise<MadeSearch>,
): Promise<MadeSearch> {
  try {
    return await make();
  } catch (error) {
    // Looked up after the refusal and not before: the same request may be making it at this moment.
    const earlier = await searches.findByKey(idempotency);
    if (earlier === null) throw error;
    return { search: earlier, created: false };
  }
}

function hashOf(body: object): string {
  return createHash('sha256')
    .update(JSON.stringify(sortKeys(body)))
    .digest('hex');
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [key, sortKeys(inner)]);
}
