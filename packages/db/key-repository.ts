import type { KeyStore, NewApiKey, PageQuery } from '@caviar/orchestrator';
import type { ApiKey } from '@caviar/spec';
import { z } from 'zod';
import type { Client } from './client.js';
import { cursorFields, cutPage, decodeCursor } from './cursor.js';
import { Prisma } from './generated/client.js';

const LIST = 'keys';
const cursorSchema = z.object({ createdAt: cursorFields.time, id: cursorFields.id });

const KEY = Prisma.sql`
  k.id, k.name, k.role, k.project, k.created_at AS "createdAt", k.last_used_at AS "lastUsedAt", k.revoked_at AS "revokedAt"`;

/** Keys in Postgres, by their digest. */
export class KeyRepository implements KeyStore {
  constructor(private readonly client: Client) {}

  async create({ id, name, role, project, digest }: NewApiKey): Promise<ApiKey> {
    const [key] = await this.client.$queryRaw<ApiKey[]>`
      INSERT INTO api_keys AS k (id, name, role, project, digest) VALUES (${id}, ${name}, ${role}, ${project}, ${digest})
      RETURNING ${KEY}`;
    return key!;
  }

  async findUsable(digest: string): Promise<ApiKey | null> {
    const [key] = await this.client.$queryRaw<ApiKey[]>`
      WITH used AS (
        UPDATE api_keys SET last_used_at = now()
        WHERE digest = ${digest} AND revoked_at IS NULL
          AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
      )
      SELECT ${KEY} FROM api_keys k WHERE k.digest = ${digest} AND k.revoked_at IS NULL`;
    return key ?? null;
  }

  async list({ limit, cursor }: PageQuery) {
    const after = decodeCursor(LIST, cursorSchema, cursor);
    const rows = await this.client.$read<ApiKey[]>`
      SELECT ${KEY} FROM api_keys k
      WHERE ${after === null ? Prisma.sql`true` : Prisma.sql`(k.created_at, k.id) < (${after.createdAt}::timestamptz, ${after.id})`}
      ORDER BY k.created_at DESC, k.id DESC LIMIT ${limit + 1}`;
    return cutPage(rows, limit, {
      list: LIST,
      placeOf: ({ createdAt, id }) => ({ createdAt: createdAt.toISOString(), id }),
    });
  }

  async revoke(id: string): Promise<ApiKey | null> {
    const [key] = await this.client.$queryRaw<ApiKey[]>`
      UPDATE api_keys k SET revoked_at = coalesce(k.revoked_at, now()) WHERE k.id = ${id} RETURNING ${KEY}`;
    return key ?? null;
  }

  async usage(project: string) {
    const [row] = await this.client.$read<{ searches: number; trialsInFlight: number }[]>`
      SELECT count(*)::int AS searches, coalesce(sum((spec->>'parallelism')::int), 0)::int AS "trialsInFlight"
      FROM searches WHERE project = ${project} AND status = 'running'`;
    return row ?? { searches: 0, trialsInFlight: 0 };
  }

  async projectOfSearch(searchId: string): Promise<string | null> {
    const [row] = await this.client.$read<{ project: string }[]>`
      SELECT project FROM searches WHERE id = ${searchId}`;
    return row?.project ?? null;
  }

  async projectOfTrial(trialId: string): Promise<string | null> {
    const [row] = await this.client.$read<{ project: string }[]>`
      SELECT s.project FROM trials t JOIN searches s ON s.id = t.search_id WHERE t.id = ${trialId}`;
    return row?.project ?? null;
  }
}
