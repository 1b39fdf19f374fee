import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { exitOf } from './child.js';
import { serviceEnvironment } from './config.js';
import { repositoryRoot } from './repository.js';
import { createSession } from './session.js';
import { messageOf, StepError } from './step-error.js';

export interface MigrateOptions {
  readonly databaseUrl: string;
  /** Default: `prisma/migrations` of the repository. */
  readonly folder?: string;
  readonly signal?: AbortSignal;
}

/** How many migrations the folder has, and how many of them had to be applied now. */
export interface Migrated {
  readonly total: number;
  readonly applied: number;
}

const STEP = 'Migrations';
const STEP_DATABASE = 'Database';
const UNDEFINED_TABLE = '42P01';
const NO_PRIVILEGE = '42501';
const LOCK_NOT_AVAILABLE = '55P03';
const PRISMA_LOCK = 72_707_369; // what its engine holds while it migrates
const MIGRATING_MS = 60_000;
const OWNER = 'a user in DATABASE_URL who owns the database, and with it its tables';
const ADVICE = 'node scripts/prisma.mjs migrate status';

/**
 * Brings the database to the committed migrations. A look at Prisma's own table takes milliseconds, so a database that
 * is up to date never starts Prisma's CLI, which takes seconds.
 *
 * @throws StepError when the server does not answer, a migration fails, or the history is not the folder's
 */
export async function migrate(options: MigrateOptions): Promise<Migrated> {
  const { databaseUrl, folder = join(repositoryRoot(), 'prisma', 'migrations'), signal } = options;
  const wanted = migrationsIn(folder);
  const before = pending(wanted, await migrationsOf(databaseUrl));
  if (before.length === 0) return { total: wanted.length, applied: 0 };
  await forgetUnfinished(databaseUrl, wanted);
  const output = await deploy(databaseUrl, signal);
  // Prisma's CLI may end with 0 and have done nothing (its engine died before it answered): only the table tells
  const after = pending(wanted, await migrationsOf(databaseUrl));
  if (after.length > 0) {
    throw new StepError(STEP, `${after[0]} was not applied: ${output}`, ADVICE);
  }
  return { total: wanted.length, applied: before.length };
}

interface Migration {
  readonly name: string;
  /** SHA-256 of migration.sql, hexadecimal, as Prisma stores it. */
  readonly checksum: string;
  /** One transaction, and with it the word that it is finished (scripts/schema-engine). */
  readonly isWhole: boolean;
}

function migrationsIn(folder: string): readonly Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'migration.sql')))
    .map(({ name }) => {
      const script = readFileSync(join(folder, name, 'migration.sql'));
      const isWhole = !/\bCONCURRENTLY\b/i.test(script.toString());
      return { name, checksum: createHash('sha256').update(script).digest('hex'), isWhole };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What the database has finished, by name. */
async function migrationsOf(databaseUrl: string): Promise<ReadonlyMap<string, string>> {
  const client = createSession(databaseUrl);
  try {
    await client.connect();
  } catch (error) {
    throw connectionFailure(error);
  }
  try {
    const { rows } = await client.query<{ migration_name: string; checksum: string }>(
      'SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
    );
    return new Map(rows.map((row) => [row.migration_name, row.checksum]));
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === UNDEFINED_TABLE) {
      await refuseOtherSchema(client, databaseUrl);
      return new Map();
    }
    if (code === NO_PRIVILEGE) throw connectionFailure(error);
    throw error;
  } finally {
    await client.end();
  }
}

/** Builds that let the server choose a schema made their tables in one that is named like the user, where there was one. */
async function refuseOtherSchema(client: pg.Client, databaseUrl: string): Promise<void> {
  if (new URL(databaseUrl).searchParams.has('schema')) return;
  const { rows } = await client.query<{ user: string; found: string | null }>(
    `SELECT session_user AS user, to_regclass(quote_ident(session_user) || '._prisma_migrations') AS found`,
  );
  const [about] = rows;
  if (about === undefined || about.found === null) return;
  const reason = `the tables are in the schema ${about.user}, not in public`;
  throw new StepError(STEP_DATABASE, reason, `schema=${about.user} as a parameter of DATABASE_URL`);
}

/**
 * A migration that failed, or during which its process or the server died, has left a row without an end, and Prisma would refuse to
 * go on until a person looks. There is nothing to look at: a migration and the word that it is finished are one
 * transaction, so this one has not happened. Prisma's own lock tells whether somebody is still at it.
 */
async function forgetUnfinished(databaseUrl: string, wanted: readonly Migration[]): Promise<void> {
  const client = createSession(databaseUrl);
  await client.connect();
  try {
    await client.query(`SET lock_timeout = ${MIGRATING_MS}`);
    await client.query(`SELECT pg_advisory_lock(${PRISMA_LOCK})`);
    await client.query(
      `UPDATE _prisma_migrations SET rolled_back_at = now()
       WHERE finished_at IS NULL AND rolled_back_at IS NULL AND (logs IS NULL OR migration_name = ANY($1))`,
      [wanted.filter(({ isWhole }) => isWhole).map(({ name }) => name)],
    );
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== UNDEFINED_TABLE && code !== LOCK_NOT_AVAILABLE) throw new StepError(STEP, messageOf(error), ADVICE);
  } finally {
    await client.end(); // and with it the lock
  }
}

/** What keeps us out of the database, and what helps: a server that refuses us has answered. */
function connectionFailure(error: unknown): StepError {
  const code = String((error as { code?: unknown }).code ?? '');
  const reason = messageOf(error);
  if (code === '3D000') return new StepError(STEP_DATABASE, reason, 'CREATE DATABASE, or another one in DATABASE_URL');
  if (code === NO_PRIVILEGE) return new StepError(STEP_DATABASE, reason, OWNER);
  if (/^28/.test(code))
    return new StepError(STEP_DATABASE, reason, 'checking user, password and sslmode in DATABASE_URL');
  if (/CERT|SIGNATURE/.test(code))
    return new StepError(
      STEP_DATABASE,
      `its certificate is not trusted: ${reason}`,
      'sslmode=verify-full&sslrootcert=/path/to/ca.pem in DATABASE_URL (sslmode=no-verify trusts anybody)',
    );
  return new StepError(STEP_DATABASE, `it does not answer: ${reason}`, 'checking DATABASE_URL, or unsetting it');
}

function pending(wanted: readonly Migration[], applied: ReadonlyMap<string, string>): readonly string[] {
  const known = new Set(wanted.map(({ name }) => name));
  const stranger = [...applied.keys()].find((name) => !known.has(name));
  if (stranger !== undefined) {
    throw new StepError(STEP, `the database has ${stranger}, which this version of Caviar lacks`, 'the newer version');
  }
  for (const { name, checksum } of wanted) {
    if (applied.has(name) && applied.get(name) !== checksum) {
      throw new StepError(
        STEP,
        `${name} was edited after it had been applied`,
        'undoing the edit (a change is a migration of its own), or another CAVIAR_HOME',
      );
    }
  }
  return wanted.filter(({ name }) => !applied.has(name)).map(({ name }) => name);
}

async function deploy(databaseUrl: string, signal: AbortSignal | undefined): Promise<string> {
  const child = spawn(process.execPath, [join(repositoryRoot(), 'scripts', 'prisma.mjs'), 'migrate', 'deploy'], {
    env: serviceEnvironment({ DATABASE_URL: databaseUrl }),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const { code } = await exitOf(child, 'SIGTERM');
  signal?.throwIfAborted();
  const words = output.replaceAll(/\s+/g, ' ').trim();
  if (code !== 0) throw deployFailure(words);
  return words;
}

/** The server's own words, without the places in the engine that they came by. */
function deployFailure(words: string): StepError {
  const name = /with migration_name="(\w+)"/.exec(words)?.[1];
  const reason = (
    /\b(?:ERROR|Error): (.+?)(?: 0: \w+::.*)?$/.exec(words.replace(/^.*\bERROR: /, 'ERROR: '))?.[1] ?? words
  ).slice(-500);
  return new StepError(
    STEP,
    name === undefined ? reason : `${name}: ${reason}`,
    /permission denied|must be owner/.test(reason) ? OWNER : ADVICE,
  );
}
