import { at } from './paths.mjs';
import { runNode } from './processes.mjs';

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string} what for people
 * @property {readonly import('./bootstrap.mjs').Need[]} needs
 * @property {readonly [script: string, ...args: string[]]} command
 */

/** @type {readonly Check[]} */
export const CHECKS = [
  {
    name: 'lint',
    what: 'format and lint (npm run fix mends most)',
    needs: ['dependencies'],
    command: ['node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '.'],
  },
  {
    name: 'types',
    what: 'types of the whole repository, tests included',
    needs: ['dependencies', 'client'],
    command: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json'],
  },
  {
    name: 'imports',
    what: 'who may import whom, and a canary that must be caught',
    needs: ['dependencies', 'client'],
    command: ['scripts/check-imports.mjs'],
  },
  {
    name: 'environment',
    what: 'process.env is read in config.ts files alone',
    needs: [],
    command: ['scripts/check-environment.mjs'],
  },
  {
    name: 'packages',
    what: 'pinned, verified, no install scripts, licences, known vulnerabilities',
    needs: ['dependencies'],
    command: ['scripts/check-dependencies.mjs'],
  },
  {
    name: 'dead code',
    what: 'files, exports and dependencies that nobody uses',
    needs: ['dependencies', 'client'],
    command: ['node_modules/knip/bin/knip.js', '--no-progress', '--no-config-hints'],
  },
  {
    name: 'schema drift',
    what: 'prisma/schema.prisma is what the migrations build',
    needs: ['dependencies', 'client', 'code'],
    command: ['scripts/check-drift.mjs'],
  },
];

/**
 * Runs checks one after the other, each to its end, and says how each went; the output of a failed one is
 * shown, and of any other what it had to skip.
 *
 * @param {readonly Check[]} checks
 * @returns {Promise<{ passed: number, failed: readonly string[] }>}
 */
export async function runChecks(checks) {
  /** @type {string[]} */
  const failed = [];
  for (const { name, what, command } of checks) {
    const from = Date.now();
    const [script, ...args] = command;
    const { code, output } = await runNode(at(script), args, { stdio: 'capture' });
    const seconds = ((Date.now() - from) / 1000).toFixed(1);
    process.stdout.write(`${code === 0 ? '✓' : '✗'} ${name.padEnd(12)} ${seconds.padStart(5)} s  ${what}\n`);
    if (code === 0) {
      for (const line of output.split('\n')) if (line.startsWith('skipped:')) process.stdout.write(`    ${line}\n`);
      continue;
    }
    failed.push(name);
    process.stdout.write(`${output.trimEnd().replaceAll(/^/gm, '    ')}\n`);
  }
  return { passed: checks.length - failed.length, failed };
}
