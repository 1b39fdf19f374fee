import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { readConfig } from '../config.js';
import { bringUpPostgres } from '../databases.js';
import { openHome } from '../home.js';
import { createLog } from '../log.js';
import { migrate } from '../migrate.js';
import { urlOfRunningPostgres } from '../postgres.js';
import { explain } from '../run-stack.js';
import { StepError } from '../step-error.js';
import { backup } from './backup.js';
import type { Manifest } from './manifest.js';
import { restore } from './restore.js';

/** `npm run db:backup -- FOLDER`: of the database of DATABASE_URL, or the embedded one, which may be in use. */
export function backupVerb(args: readonly string[]): Promise<number> {
  return onDatabase('db:backup', args, { mayRun: true }, async (url, folder) => {
    const manifest = await backup(url, folder);
    process.stdout.write(`${summary(manifest)} written to ${folder}.\n`);
  });
}

/** `npm run db:restore -- FOLDER`: into the database of DATABASE_URL, or the embedded one; it must be empty, and not in use. */
export function restoreVerb(args: readonly string[]): Promise<number> {
  return onDatabase('db:restore', args, { mayRun: false }, async (url, folder) => {
    await migrate({ databaseUrl: url });
    const manifest = await restore(url, folder);
    process.stdout.write(`${summary(manifest)} restored, as of ${manifest.createdAt}.\n`);
  });
}

function summary({ tables }: Manifest): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return `${rows} rows of ${tables.length} tables`;
}

async function onDatabase(
  verb: string,
  [folder, ...rest]: readonly string[],
  { mayRun }: { readonly mayRun: boolean },
  work: (url: string, folder: string) => Promise<void>,
): Promise<number> {
  const write = (line: string) => void process.stderr.write(line);
  if (folder === undefined || rest.length > 0) {
    write(`caviar: npm run ${verb} -- FOLDER\n`);
    return 2;
  }
  try {
    const config = readConfig();
    const running = mayRun && config.databaseUrl === undefined ? urlOfRunningPostgres(config.home) : undefined;
    if (running !== undefined) {
      await work(running, resolve(folder));
      return 0;
    }
    const log = createLog({ level: config.logLevel, isTerminal: process.stderr.isTTY, write });
    if (config.databaseUrl !== undefined) {
      // Somebody else's server: nothing of CAVIAR_HOME is touched.
      await work(config.databaseUrl, resolve(folder));
      return 0;
    }
    const home = openHome(config.home);
    try {
      if (mayRun && !existsSync(`${home.postgres}.password`)) {
        throw new StepError('Backup', `${config.home} has no database`, 'CAVIAR_HOME, or DATABASE_URL');
      }
      const database = await bringUpPostgres(home, { config, log, signal: new AbortController().signal });
      try {
        await work(database.url, resolve(folder));
      } finally {
        await database.stop();
      }
    } finally {
      home.release();
    }
    return 0;
  } catch (error) {
    write(explain(error));
    return 1;
  }
}
