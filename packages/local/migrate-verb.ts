import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { exitOf } from './child.js';
import { readConfig, serviceEnvironment } from './config.js';
import { bringUpPostgres } from './databases.js';
import { openHome } from './home.js';
import { createLog } from './log.js';
import { migrate } from './migrate.js';
import { repositoryRoot } from './repository.js';
import { explain } from './run-stack.js';

/**
 * `npm run db:migrate`: brings the database of DATABASE_URL, or the embedded one, to the committed migrations. With
 * arguments it is `prisma migrate` on that database: `npm run db:migrate -- dev --name add_rungs`.
 *
 * @returns the exit code
 */
export async function migrateVerb(args: readonly string[]): Promise<number> {
  const write = (line: string) => void process.stderr.write(line);
  try {
    const config = readConfig();
    const log = createLog({ level: config.logLevel, isTerminal: process.stderr.isTTY, write });
    const home = openHome(config.home);
    const database = await bringUpPostgres(home, { config, log, signal: new AbortController().signal });
    try {
      if (args.length > 0) return await prismaMigrate(args, database.url);
      const { applied, total } = await migrate({ databaseUrl: database.url });
      process.stdout.write(
        applied === 0
          ? `All ${total} migrations were applied before.\n`
          : `${applied} of ${total} migrations applied.\n`,
      );
      return 0;
    } finally {
      await database.stop();
      home.release();
    }
  } catch (error) {
    write(explain(error));
    return 1;
  }
}

async function prismaMigrate(args: readonly string[], databaseUrl: string): Promise<number> {
  const child = spawn(process.execPath, [join(repositoryRoot(), 'scripts', 'prisma.mjs'), 'migrate', ...args], {
    env: serviceEnvironment({ DATABASE_URL: databaseUrl }),
    stdio: 'inherit',
  });
  return (await exitOf(child, 'SIGTERM')).code ?? 1;
}
