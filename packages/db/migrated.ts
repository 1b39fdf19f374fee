import { DomainError } from '@caviar/orchestrator';
import type { Client } from './client.js';
import { hasNoPrivilege, NOT_MIGRATED } from './errors.js';

/** What the tables must have gone through for this release; a test holds it to the folder of migrations. */
export const NEWEST_MIGRATION = '20261126150500_places';

/**
 * Resolves when Postgres answers and has the tables of this release, or of a newer one: an API that came before its migration must not
 * be sent requests. Who may not read what was applied is believed.
 */
export async function checkMigrated(client: Client): Promise<void> {
  try {
    const rows = await client.$read<unknown[]>`
      SELECT 1 FROM _prisma_migrations
      WHERE migration_name = ${NEWEST_MIGRATION} AND finished_at IS NOT NULL AND rolled_back_at IS NULL`;
    if (rows.length > 0) return;
  } catch (error) {
    if (hasNoPrivilege(error)) return;
    throw error;
  }
  throw new DomainError('unavailable', NOT_MIGRATED);
}
