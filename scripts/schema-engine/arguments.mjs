/**
 * @typedef {{ url?: string, shadowDatabaseUrl?: string }} Datasource
 * @typedef {'can-connect-to-database' | 'create-database' | 'drop-database'} Command
 * @typedef {object} Options
 * @property {boolean} version print the version and leave
 * @property {Command | undefined} command a one-shot command, else the JSON-RPC server is meant
 * @property {Datasource} datasource
 * @property {readonly string[]} datamodels paths of the schema files
 */

const COMMANDS = /** @type {const} */ (['can-connect-to-database', 'create-database', 'drop-database']);

/**
 * Reads the command line that Prisma's CLI gives its schema engine.
 *
 * @param {readonly string[]} argv without `node` and the script
 * @returns {Options}
 */
export function parseArguments(argv) {
  const datasource = valuesOf(argv, '--datasource')[0];
  return {
    version: argv.includes('--version'),
    command: argv.includes('cli') ? COMMANDS.find((command) => argv.includes(command)) : undefined,
    datasource: datasource === undefined ? {} : JSON.parse(datasource),
    datamodels: valuesOf(argv, '--datamodels'),
  };
}

/**
 * Every value of a repeatable option, in both spellings: `--name value` and `--name=value`.
 *
 * @param {readonly string[]} argv
 * @param {string} name
 * @returns {string[]}
 */
function valuesOf(argv, name) {
  return argv.flatMap((argument, index) => {
    if (argument === name) return argv.slice(index + 1, index + 2);
    return argument.startsWith(`${name}=`) ? [argument.slice(name.length + 1)] : [];
  });
}
