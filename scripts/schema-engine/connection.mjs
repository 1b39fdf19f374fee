import pg from 'pg';

// Parameters that Prisma understands in a Postgres URL and that the server would refuse.
const PRISMA_ONLY = [
  'schema',
  'connection_limit',
  'pool_timeout',
  'pgbouncer',
  'connect_timeout',
  'socket_timeout',
  'statement_cache_size',
];

/**
 * @param {string | undefined} url
 * @returns {URL}
 */
function parse(url) {
  if (url === undefined || url === '') throw new Error('The datasource has no URL: set DATABASE_URL.');
  return new URL(url);
}

/**
 * The Postgres schema named by `?schema=`, if any.
 *
 * @param {string | undefined} url
 * @returns {string | undefined}
 */
export function schemaOf(url) {
  return parse(url).searchParams.get('schema') ?? undefined;
}

/**
 * Discrete fields, not a connection string: adapter-pg overrides `database` alone for the shadow database, and a
 * connection string beside it would win. The driver itself takes the URL apart, so that every parameter (certificates,
 * sockets) means what it means to the API and the workers.
 *
 * @param {string | undefined} given
 * @returns {import('pg').PoolConfig & { database: string }}
 */
export function connectionFields(given) {
  const { host, port, user, password, database = '', ssl } = new pg.Client({ connectionString: forDriver(given) });
  return { host, port, user: user ?? '', password: password ?? '', database, ssl, ...sessionOptions(given) };
}

/**
 * Migrations name no schema: a session says where, as those of the API and the workers do. PGOPTIONS is not asked.
 *
 * @param {string | undefined} url
 * @returns {{ options?: string }}
 */
function sessionOptions(url) {
  if (parse(url).searchParams.get('pgbouncer') === 'true') return {};
  return { options: `-c search_path="${schemaOf(url) || 'public'}"` };
}

/**
 * @param {string | undefined} url
 * @param {string} [database] another one of the same server
 */
function forDriver(url, database) {
  const text = parse(url);
  for (const name of PRISMA_ONLY) text.searchParams.delete(name);
  if (database !== undefined) text.pathname = `/${database}`;
  return text.toString();
}

/**
 * Runs `work` on a session in the database of `url`, or in `database` of the same server, and closes the session.
 *
 * @template T
 * @param {string | undefined} url
 * @param {(client: import('pg').Client) => Promise<T>} work
 * @param {string} [database]
 * @returns {Promise<T>}
 */
export async function withClient(url, work, database) {
  const client = new pg.Client({ connectionString: forDriver(url, database) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Creates the database that `url` names.
 *
 * @param {string | undefined} url
 * @returns {Promise<string>} its name
 */
export async function createDatabase(url) {
  const { database } = connectionFields(url);
  await withClient(url, (client) => client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`), 'postgres');
  return database;
}

/**
 * Drops the database that `url` names, or `database` on the same server.
 *
 * @param {string | undefined} url
 * @param {string} [database]
 */
export async function dropDatabase(url, database = connectionFields(url).database) {
  const name = pg.escapeIdentifier(database);
  await withClient(url, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`), 'postgres');
}
