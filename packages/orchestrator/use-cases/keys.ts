import { createHash, randomBytes } from 'node:crypto';
import type { ApiKey } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';

/** Begins every key, so that one that leaked is recognised for what it is. */
const KEY_PREFIX = 'cav_';

/** Makes a key: 256 random bits. What is given back is the only copy of it. */
export async function createKey(
  { keys }: Pick<Deps, 'keys'>,
  wanted: Pick<ApiKey, 'name' | 'role' | 'project'>,
): Promise<{ readonly apiKey: ApiKey; readonly key: string }> {
  const key = KEY_PREFIX + randomBytes(32).toString('base64url');
  return { apiKey: await keys.create({ id: newId('key'), ...wanted, digest: digestOf(key) }), key };
}

/** The key that a caller shows; null when it is not, or no longer, one of ours. A random key needs no slow hash. */
export function findKey({ keys }: Pick<Deps, 'keys'>, key: string): Promise<ApiKey | null> {
  return key.startsWith(KEY_PREFIX) ? keys.findUsable(digestOf(key)) : Promise.resolve(null);
}

export async function revokeKey({ keys }: Pick<Deps, 'keys'>, id: string): Promise<ApiKey> {
  const revoked = await keys.revoke(id);
  if (revoked === null) throw new DomainError('key-not-found', `There is no key ${id}`);
  return revoked;
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
