import { pathToFileURL } from 'node:url';
import { runBench } from './bench.mjs';
import { bootstrap } from './bootstrap.mjs';
import { CHECKS, runChecks } from './checks.mjs';
import { Failure } from './failure.mjs';
import { watchParent } from './parent.mjs';
import { at } from './paths.mjs';
import { runNode, stopChildren } from './processes.mjs';
import { runTests } from './tests.mjs';
import { chooseWorkerNode } from './worker-node.mjs';

/**
 * @typedef {object} Verb
 * @property {string} help
 * @property {readonly import('./bootstrap.mjs').Need[]} needs
 * @property {(args: readonly string[]) => Promise<number>} run answers the exit code
 */

const CODE = /** @type {const} */ (['dependencies', 'client', 'code']);
/** The pages in the browser too: for verbs whose service somebody may open. */
const ALL = /** @type {const} */ ([...CODE, 'pages']);
/** What runs workers. */
const WORKERS = /** @type {const} */ ([...CODE, 'node']);
const SERVICE = /** @type {const} */ ([...ALL, 'node']);
const BIOME = at('node_modules/@biomejs/biome/bin/biome');

/** @type {Record<string, Verb>} */
const VERBS = {
  start: { help: 'the whole service, kept up', needs: SERVICE, run: local('start') },
  quickstart: { help: 'a search of 40 trials, start to end', needs: WORKERS, run: local('quickstart') },
  dev: { help: 'the service, restarted when its sources change', needs: SERVICE, run: local('dev') },
  caviar: { help: 'the command line: npm run caviar -- search list', needs: CODE, run: commandLine },
  build: { help: 'dependencies, client, compiled code', needs: ALL, run: async () => 0 },
  test: { help: 'every test; arguments go to Vitest', needs: ALL, run: (args) => runTests(args, { isLong: false }) },
  'test:long': { help: 'the tests that take minutes', needs: CODE, run: (args) => runTests(args, { isLong: true }) },
  check: { help: 'what CI checks beside the tests', needs: CODE, run: check },
  lint: {
    help: 'format and lint',
    needs: ['dependencies'],
    run: (args) => codeOf(runNode(BIOME, ['ci', ...orAll(args)])),
  },
  fix: {
    help: 'mend format and lint',
    needs: ['dependencies'],
    run: (args) => codeOf(runNode(BIOME, ['check', '--write', ...orAll(args)])),
  },
  typecheck: {
    help: 'types of everything',
    needs: ['dependencies', 'client'],
    run: () => codeOf(runNode(at('node_modules/typescript/bin/tsc'), ['--noEmit', '-p', 'tsconfig.json'])),
  },
  bench: { help: 'a benchmark by name', needs: ALL, run: runBench },
  chaos: { help: 'a search while everything is killed', needs: WORKERS, run: bench('local/chaos') },
  soak: { help: 'the service under load, its memory watched', needs: WORKERS, run: bench('local/soak') },
  'db:migrate': {
    help: 'bring the database up to date; arguments go to prisma migrate',
    needs: CODE,
    run: local('migrateVerb'),
  },
  'db:backup': { help: 'all of the database into a folder, while it runs', needs: CODE, run: local('backupVerb') },
  'db:restore': { help: 'such a folder into an empty database', needs: CODE, run: local('restoreVerb') },
};

/**
 * Bootstraps what the verb needs, and does it. Ends the process.
 *
 * @param {readonly string[]} argv
 * @returns {Promise<never>}
 */
export async function main([name = '', ...args]) {
  const verb = VERBS[name];
  if (verb === undefined) {
    const lines = Object.entries(VERBS).map(([word, { help }]) => `  ${word.padEnd(11)} ${help}\n`);
    process.stderr.write(`npm run VERB, where VERB is one of\n${lines.join('')}`);
    process.exit(name === '' || name === 'help' ? 0 : 1);
  }
  // Whoever read along has gone: `| head`, a closed terminal. That is for signals to answer, not for each line that is written.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const ignore = stopOnSignals();
  watchParent(() => process.kill(process.pid, 'SIGTERM')); // to whoever answers signals by then
  try {
    await bootstrap(verb.needs);
    if (verb.needs.includes('node')) chooseWorkerNode();
    if (verb.run.name === 'handedOver' || verb.run === commandLine) ignore();
    process.exit(await verb.run(args));
  } catch (error) {
    process.stderr.write(`caviar: ${error instanceof Failure ? error.message : /** @type {Error} */ (error).stack}\n`);
    process.exit(1);
  }
}

/**
 * A verb that @caviar/local does, in this process. It answers signals itself.
 *
 * @param {string} name of a function that takes the arguments and answers the exit code
 */
function local(name) {
  return async function handedOver(/** @type {readonly string[]} */ args) {
    const library = await import(pathToFileURL(at('packages/local/dist/index.js')).href);
    return library[name](args);
  };
}

/**
 * A verb that is a benchmark.
 *
 * @param {string} name
 */
function bench(name) {
  return (/** @type {readonly string[]} */ args) => runBench([name, ...args]);
}

/**
 * The command line (apps/cli), in this process. It answers signals itself.
 *
 * @param {readonly string[]} args
 */
async function commandLine(args) {
  const { caviar } = await import(pathToFileURL(at('apps/cli/dist/main.js')).href);
  return caviar(args);
}

/** @param {readonly string[]} args */
async function check(args) {
  const wanted = args.length === 0 ? CHECKS : CHECKS.filter(({ name }) => args.includes(name));
  const { failed } = await runChecks(wanted);
  process.stdout.write(
    failed.length === 0 ? `All ${wanted.length} checks passed.\n` : `Failed: ${failed.join(', ')}\n`,
  );
  return failed.length === 0 ? 0 : 1;
}

/** Ctrl-C in the middle of an install ends the install too. Returns the way to stop listening. */
function stopOnSignals() {
  const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 };
  let isStopping = false;
  const stop = async (/** @type {keyof typeof numbers} */ signal) => {
    if (isStopping) return;
    isStopping = true;
    await stopChildren();
    if (process.stderr.isTTY) process.stderr.write('\n'); // below a progress line
    process.exit(128 + numbers[signal]);
  };
  for (const signal of Object.keys(numbers)) process.on(signal, stop);
  return () => {
    for (const signal of Object.keys(numbers)) process.off(signal, stop);
  };
}

/** @param {Promise<{ code: number }>} result */
async function codeOf(result) {
  return (await result).code;
}

/** @param {readonly string[]} args */
function orAll(args) {
  return args.length === 0 ? ['.'] : args;
}
