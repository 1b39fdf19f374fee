import { createDatabase, dropDatabase, withClient } from './connection.mjs';
import { log } from './log.mjs';

// Prisma's names for the reasons why a server does not answer (P1001), lacks the database (P1003), or refuses (P1010).
const ERROR_CODES = new Map([
  ['ECONNREFUSED', 'P1001'],
  ['ENOTFOUND', 'P1001'],
  ['3D000', 'P1003'],
]);

/** @type {Record<import('./arguments.mjs').Command, (url: string | undefined) => Promise<unknown>>} */
const COMMANDS = {
  'can-connect-to-database': (url) => withClient(url, async () => undefined),
  'create-database': createDatabase,
  'drop-database': dropDatabase,
};

/**
 * Runs one of the engine's one-shot commands.
 *
 * @param {import('./arguments.mjs').Command} command
 * @param {import('./arguments.mjs').Datasource} datasource
 * @returns {Promise<number>} the exit code; a failure's reason is on stderr, as the CLI expects it
 */
export async function runCommand(command, datasource) {
  try {
    await COMMANDS[command](datasource.url);
    return 0;
  } catch (error) {
    const { message, code } = /** @type {Error & { code?: string }} */ (error);
    process.stderr.write('\n');
    log('ERROR', message, { error_code: ERROR_CODES.get(code ?? '') ?? 'P1010' });
    return 1;
  }
}
