import { type DatasetStore, DomainError, type NewDataset } from '@caviar/orchestrator';
import type { StoredDataset } from '@caviar/spec';
import type { Client } from './client.js';
import { Prisma } from './generated/client.js';
import { json } from './trial-sql.js';

const CHUNK_BYTES = 1024 * 1024;
/** A gibibyte takes about a minute. */
const STORE_TIMEOUT_MS = 30 * 60_000;

const DATASET = Prisma.sql`d.info, d.summary, d.bytes, d.created_at AS "createdAt"`;

type Row = Omit<StoredDataset, 'bytes'> & { readonly bytes: bigint };

/** Data sets in Postgres, in chunks. */
export class DatasetRepository implements DatasetStore {
  constructor(private readonly client: Client) {}

  async create(dataset: NewDataset, content: AsyncIterable<Uint8Array>) {
    const { info, project, summary, bytes } = dataset;
    const created = await this.client.$transaction(
      async (transaction) => {
        // Waits for one of the same name or content that is on its way, and gives way to it.
        const inserted = await transaction.$executeRaw`
          INSERT INTO datasets (id, project, name, checksum, info, summary, bytes)
          VALUES (${info.id}, ${project}, ${info.name}, ${info.checksum}, ${json(info)}, ${json(summary)}, ${bytes})
          ON CONFLICT DO NOTHING`;
        if (inserted === 0) return false;
        let index = 0;
        for await (const chunk of inChunks(content)) {
          await transaction.$executeRaw`
            INSERT INTO dataset_chunks (dataset_id, index, data) VALUES (${info.id}, ${index++}, ${chunk}::bytea)`;
        }
        return true;
      },
      { timeout: STORE_TIMEOUT_MS, maxWait: 60_000 },
    );
    const [stored] = await this.client.$read<Row[]>`
      SELECT ${DATASET} FROM datasets d WHERE d.project = ${project} AND d.checksum = ${info.checksum}`;
    if (stored !== undefined) return { dataset: toDataset(stored), created };
    throw new DomainError('dataset-exists', `There is another data set of the name "${info.name}"`);
  }

  async find(idOrName: string, project: string | null): Promise<StoredDataset | null> {
    const which =
      project === null
        ? Prisma.sql`d.id = ${idOrName}`
        : Prisma.sql`d.project = ${project} AND (d.id = ${idOrName} OR d.name = ${idOrName})`;
    const [row] = await this.client.$read<Row[]>`SELECT ${DATASET} FROM datasets d WHERE ${which}`;
    return row === undefined ? null : toDataset(row);
  }

  async list(project: string | null): Promise<readonly StoredDataset[]> {
    const rows = await this.client.$read<Row[]>`
      SELECT ${DATASET} FROM datasets d
      WHERE ${project === null ? Prisma.sql`true` : Prisma.sql`d.project = ${project}`} ORDER BY d.created_at, d.id`;
    return rows.map(toDataset);
  }

  async usedBytes(project: string): Promise<number> {
    const [row] = await this.client.$read<{ bytes: number }[]>`
      SELECT coalesce(sum(bytes), 0)::float8 AS bytes FROM datasets WHERE project = ${project}`;
    return row?.bytes ?? 0;
  }

  async *content(id: string): AsyncIterable<Uint8Array> {
    for (let index = 0; ; index++) {
      const [row] = await this.client.$read<{ data: Uint8Array }[]>`
        SELECT data FROM dataset_chunks WHERE dataset_id = ${id} AND index = ${index}`;
      if (row === undefined) return;
      yield row.data;
    }
  }

  async delete(id: string): Promise<{ readonly usedBy: string | null }> {
    return this.client.$transaction(
      async (transaction) => {
        await transaction.$queryRaw`SELECT id FROM datasets WHERE id = ${id} FOR UPDATE`;
        const [user] = await transaction.$queryRaw<{ id: string }[]>`
          SELECT id FROM searches
          WHERE status IN ('running', 'paused') AND spec->'trainer'->>'dataset' = ${id} ORDER BY created_at LIMIT 1`;
        if (user !== undefined) return { usedBy: user.id };
        await transaction.$executeRaw`DELETE FROM datasets WHERE id = ${id}`;
        return { usedBy: null };
      },
      { timeout: STORE_TIMEOUT_MS },
    );
  }
}

function toDataset({ bytes, ...row }: Row): StoredDataset {
  return { ...row, bytes: Number(bytes) };
}

/** The same bytes in pieces of one size, but for the last. */
async function* inChunks(content: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const piece of content) {
    for (let from = 0; from < piece.length; ) {
      const part = piece.subarray(from, from + CHUNK_BYTES - length);
      waiting.push(part);
      length += part.length;
      from += part.length;
      if (length < CHUNK_BYTES) continue;
      yield Buffer.concat(waiting);
      waiting = [];
      length = 0;
    }
  }
  if (length > 0) yield Buffer.concat(waiting);
}
