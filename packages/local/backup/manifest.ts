import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { messageOf, StepError } from '../step-error.js';

/** What a backup holds. A folder without a manifest is one that was not finished. */
export interface Manifest {
  readonly format: 1;
  readonly createdAt: string;
  readonly postgres: string;
  /** Names of the migrations that the tables come from, in order. */
  readonly migrations: readonly string[];
  /** Parents before those that refer to them. */
  readonly tables: readonly TableEntry[];
}

export interface TableEntry {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
}

export const MANIFEST = 'manifest.json';

/** @throws StepError when the folder holds no backup */
export function readManifest(folder: string): Manifest {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest;
    if (manifest.format === 1) return manifest;
  } catch (error) {
    throw new StepError('Restore', `${folder} holds no whole backup (${messageOf(error)})`, 'another folder');
  }
  throw new StepError('Restore', `the backup in ${folder} has a format of its own`, 'a newer version of Caviar');
}

/** The file of a table: COPY's text format, compressed. */
export function fileOf({ name }: Pick<TableEntry, 'name'>, folder: string): string {
  return join(folder, `${name}.copy.gz`);
}

export async function migrationsOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT migration_name AS name FROM _prisma_migrations
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`,
  );
  return rows.map(({ name }) => name);
}

/** The tables of the schema with the columns that hold data, parents first. */
export async function tablesOf(client: pg.Client): Promise<Omit<TableEntry, 'rows'>[]> {
  const { rows: tables } = await client.query<{ name: string; columns: string[] }>(
    `SELECT c.table_name AS name, array_agg(c.column_name::text ORDER BY c.ordinal_position) AS columns
     FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
       -- not what migrations write by themselves: which of them there were, and whose turn it is
       AND c.table_name NOT IN ('_prisma_migrations', 'turns')
     GROUP BY c.table_name ORDER BY c.table_name`,
  );
  const { rows: references } = await client.query<{ child: string; parent: string }>(
    `SELECT child.relname AS child, parent.relname AS parent FROM pg_constraint f
     JOIN pg_class child ON child.oid = f.conrelid JOIN pg_class parent ON parent.oid = f.confrelid
     WHERE f.contype = 'f' AND child.oid <> parent.oid AND f.connamespace = quote_ident(current_schema())::regnamespace`,
  );
  const sorted: typeof tables = [];
  const isPlaced = (name: string) => sorted.some((table) => table.name === name);
  while (sorted.length < tables.length) {
    const next = tables.find(
      ({ name }) => !isPlaced(name) && references.every(({ child, parent }) => child !== name || isPlaced(parent)),
    );
    if (next === undefined) throw new Error('tables refer to each other in a circle');
    sorted.push(next);
  }
  return sorted;
}

/** A name as it stands in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function copyList({ name, columns }: Pick<TableEntry, 'name' | 'columns'>): string {
  return `${quoted(name)} (${columns.map(quoted).join(', ')})`;
}
