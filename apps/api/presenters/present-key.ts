import type { ApiKeyView } from '@caviar/contracts';
import type { ApiKey } from '@caviar/spec';

export function presentKey({ createdAt, lastUsedAt, revokedAt, ...key }: ApiKey): ApiKeyView {
  return {
    ...key,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
