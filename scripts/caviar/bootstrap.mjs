// What a verb needs before it can work. Each step first finds out, in milliseconds, whether there is anything to do.
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Failure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { at, hashOf, root } from './paths.mjs';
import { run, runNode } from './processes.mjs';
import { withProgress } from './progress.mjs';
import { fetchWorkerNode, workerNodeIsSettled } from './worker-node.mjs';

/** @typedef {'dependencies' | 'client' | 'code' | 'pages' | 'node'} Need */
/** @typedef {{ isMet: () => boolean, meet: () => Promise<void> }} Step */

const PNPM = '12.21.0';
const LINES_SHOWN = 20;

/** @type {Record<Need, Step>} */
const STEPS = {
  dependencies: { isMet: dependenciesAreInstalled, meet: installDependencies },
  client: {
    isMet: () => existsSync(at('packages/db/generated')) && isFresh('client', clientKey()),
    meet: generateClient,
  },
  code: { isMet: () => isCompiled() && isFresh('code', codeKey()), meet: compile },
  pages: { isMet: () => existsSync(at('apps/web/dist/index.html')) && isFresh('pages', pagesKey()), meet: buildPages },
  node: { isMet: workerNodeIsSettled, meet: () => fetchWorkerNode({ ...process.env, ...usableHome() }) },
};

/**
 * Installs, generates and compiles what is missing or older than its source, in that order.
 *
 * @param {readonly Need[]} needs
 */
export async function bootstrap(needs) {
  if (needs.every((need) => STEPS[need].isMet())) return;
  await withLock(async () => {
    for (const need of needs) if (!STEPS[need].isMet()) await STEPS[need].meet();
  });
}

/** pnpm keeps a copy of the lockfile that it installed from. */
function dependenciesAreInstalled() {
  const installed = at('node_modules/.pnpm/lock.yaml');
  if (!existsSync(at('node_modules/.modules.yaml')) || !existsSync(installed)) return false;
  return readFileSync(installed, 'utf8') === readFileSync(at('pnpm-lock.yaml'), 'utf8');
}

async function installDependencies() {
  const isFirst = !existsSync(at('node_modules/.modules.yaml'));
  await withProgress(`Installing dependencies${isFirst ? ' (the first time about a minute)' : ''}`, async () => {
    const [file, ...args] = pnpmCommand();
    const { code, output } = await run(file, [...args, 'install', '--frozen-lockfile'], {
      stdio: 'capture',
      env: { ...process.env, ...usableHome(), CI: 'true' }, // CI: pnpm asks nothing
    });
    if (code === 0) return;
    throw new Failure('Installing dependencies', `pnpm ended with ${code}:\n${tail(output)}`, installAdvice(output));
  });
}

/** @param {string} output */
function installAdvice(output) {
  if (/FROZEN|OUTDATED_LOCKFILE/i.test(output))
    return 'npx pnpm@12 install, which brings the lockfile up to package.json';
  if (/ENOSPC/.test(output)) return 'making room on the disk';
  return 'checking the network and `npm config get registry`, then the same command again: it goes on where it stopped';
}

/** An installed pnpm 12 or newer, else npm's way to run one without installing it. */
export function pnpmCommand() {
  const { status, stdout } = spawnSync('pnpm', ['--version'], { cwd: tmpdir(), encoding: 'utf8' });
  const isNew = status === 0 && Number.parseInt(stdout, 10) >= 12;
  return isNew ? ['pnpm'] : ['npx', '-y', `pnpm@${PNPM}`];
}

/** Accounts such as nobody have a home that does not exist; npm and pnpm want to keep their caches there. */
function usableHome() {
  const home = process.env['HOME'] ?? '';
  try {
    accessSync(home, constants.W_OK);
    return {};
  } catch {
    const substitute = join(tmpdir(), `caviar-home-${process.getuid?.() ?? 'user'}`);
    mkdirSync(substitute, { recursive: true, mode: 0o700 });
    return process.platform === 'win32' ? {} : { HOME: substitute };
  }
}

function clientKey() {
  const files = ['prisma/schema.prisma', 'pnpm-lock.yaml', 'scripts/caviar/forget-planner.mjs'];
  return hashOf(files.map((file) => readFileSync(at(file), 'utf8')).join(''));
}

async function generateClient() {
  const key = clientKey();
  await withProgress('Generating the database client', async () => {
    const { code, output } = await runNode(at('scripts/prisma.mjs'), ['generate'], { stdio: 'capture' });
    if (code !== 0) throw new Failure('Generating the database client', tail(output), 'mending prisma/schema.prisma');
  });
  remember('client', key);
}

function isCompiled() {
  /** @type {{ references: { path: string }[] }} */
  const { references } = JSON.parse(readFileSync(at('tsconfig.build.json'), 'utf8'));
  const hasSources = (/** @type {string} */ path) => readdirSync(at(path)).some((name) => name.endsWith('.ts'));
  return references.every(({ path }) => existsSync(at(path, 'dist/.tsbuildinfo')) || !hasSources(path));
}

/** A hash over path, size and time of every file that the compiler reads. */
function codeKey() {
  const files = [at('tsconfig.base.json'), at('tsconfig.build.json'), at('pnpm-lock.yaml')];
  for (const top of ['apps', 'packages']) {
    for (const name of readdirSync(at(top))) if (name !== 'web') collect(at(top, name), files);
  }
  return hashOf(stamps(files) + recalled('client'));
}

/** The same of what the pages in the browser are made of. */
function pagesKey() {
  const files = [at('pnpm-lock.yaml')];
  for (const folder of ['apps/web', 'packages/client', 'packages/contracts', 'packages/spec'])
    collect(at(folder), files);
  return hashOf(stamps(files));
}

/**
 * Below the root: a checkout that is moved, or mounted elsewhere, perhaps read-only, needs nothing anew.
 *
 * @param {readonly string[]} files
 */
function stamps(files) {
  const lines = files.map((file) => {
    const { size, mtimeMs } = statSync(file);
    return `${relative(root, file)} ${size} ${mtimeMs}`;
  });
  return lines.join('\n');
}

/**
 * @param {string} folder
 * @param {string[]} files
 */
function collect(folder, files) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!['node_modules', 'dist', 'generated', 'data'].includes(entry.name)) collect(path, files);
    } else if (/\.(ts|tsx|mjs|json|css|html|svg)$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
      files.push(path);
  }
}

async function compile() {
  const key = codeKey();
  await withProgress('Compiling', async () => {
    const { code, output } = await runNode(at('node_modules/typescript/bin/tsc'), ['-b', 'tsconfig.build.json'], {
      stdio: 'capture',
    });
    if (code !== 0) throw new Failure('Compiling', `\n${tail(output)}`, 'npm run typecheck for the whole list');
  });
  remember('code', key);
}

async function buildPages() {
  const key = pagesKey();
  await withProgress('Building the pages', async () => {
    const { code, output } = await runNode(at('apps/web/node_modules/vite/bin/vite.js'), ['build', at('apps/web')], {
      stdio: 'capture',
    });
    if (code !== 0)
      throw new Failure('Building the pages', `\n${tail(output)}`, 'npm run typecheck for the whole list');
  });
  remember('pages', key);
}

const stampOf = (/** @type {string} */ name) => at('node_modules/.cache/caviar', name);

/** @param {string} name */
function recalled(name) {
  const stamp = stampOf(name);
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
}

/**
 * @param {string} name
 * @param {string} key
 */
function isFresh(name, key) {
  return recalled(name) === key;
}

/**
 * @param {string} name
 * @param {string} key
 */
function remember(name, key) {
  mkdirSync(at('node_modules/.cache/caviar'), { recursive: true });
  writeFileSync(stampOf(name), key);
}

/** @param {string} output */
function tail(output) {
  return output.trim().split('\n').slice(-LINES_SHOWN).join('\n');
}
