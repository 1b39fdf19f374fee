import pg from 'pg';
import { StepError } from './step-error.js';

const CONNECT_MS = 10_000;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/**
 * A session, not yet connected, in the schema that has our tables: `?schema=` of the URL, public without it, as the API and the workers
 * have it (packages/db/session.ts). A role's own `search_path`, a schema named like the user, and PGOPTIONS lead nowhere else.
 *
 * @throws StepError when the URL names a schema that cannot be
 */
export function createSession(databaseUrl: string): pg.Client {
  const url = new URL(databaseUrl);
  const schema = schemaOf(databaseUrl);
  if (!NAME.test(schema)) {
    throw new StepError('Database', `schema "${schema}" of DATABASE_URL is no plain name`, 'letters, digits and _');
  }
  const isOurs = url.searchParams.get('pgbouncer') !== 'true';
  const theirs = url.searchParams.get('options');
  if (isOurs) url.searchParams.delete('options'); // it would win over those beside the URL
  return new pg.Client({
    connectionString: theirs === null ? databaseUrl : url.toString(),
    connectionTimeoutMillis: CONNECT_MS,
    ...(isOurs && { options: `${theirs ?? ''} -c search_path="${schema}"`.trim() }),
  });
}

/** The schema that a URL names; public without one. */
export function schemaOf(databaseUrl: string): string {
  return new URL(databaseUrl).searchParams.get('schema') || 'public';
}
