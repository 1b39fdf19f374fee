import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKS, runChecks } from './checks.mjs';
import { at } from './paths.mjs';
import { runNode } from './processes.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/** The checks that are quick enough to be part of every test run; each counts as one test. */
const QUICK = ['lint', 'types', 'imports', 'environment'];

/**
 * Runs the tests. The last line of stdout is `N passed, N failed`, with `, N skipped` when some were.
 *
 * @param {readonly string[]} args for Vitest: files, `-t name`. With any, the repository's checks are left out
 * @param {{ isLong: boolean }} options the tests that take minutes, or the others
 * @returns {Promise<number>} the exit code
 */
export async function runTests(args, { isLong }) {
  const isWhole = args.length === 0 && !isLong;
  const checks = isWhole
    ? await runChecks(CHECKS.filter(({ name }) => QUICK.includes(name)))
    : { passed: 0, failed: [] };
  const tests = await runVitest([...(isLong ? ['--mode', 'long', '--passWithNoTests'] : []), ...args]);
  const passed = checks.passed + tests.passed;
  const failed = checks.failed.length + tests.failed;
  if (checks.failed.length > 0) process.stdout.write(`Failed checks: ${checks.failed.join(', ')}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}\n`);
  return failed === 0 ? 0 : 1;
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<Tally>}
 */
async function runVitest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'caviar-report-'));
  const report = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const { code } = await runNode(at('node_modules/vitest/vitest.mjs'), ['run', ...reporters, ...args]);
    return tally(report, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} report
 * @param {number} code
 * @returns {Tally}
 */
function tally(report, code) {
  try {
    /** @type {any} */
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    // a file that could not be loaded has no tests that could fail; an error outside any test shows in the exit code
    const broken = testResults.filter(
      (/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0,
    );
    const failed = numFailedTests + broken.length;
    return {
      passed: numPassedTests,
      failed: failed === 0 && code !== 0 ? 1 : failed,
      skipped: numPendingTests + numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }; // Vitest did not get as far as a report
  }
}
