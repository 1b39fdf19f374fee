import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { root } from './paths.mjs';
import { run } from './processes.mjs';

/**
 * A Node as npm has it, pinned by the hash of its tarball (Subresource Integrity, as lockfiles have it).
 *
 * @typedef {object} NodePackage
 * @property {string} name
 * @property {string} version
 * @property {string} integrity
 * @property {string} program path of the executable in the package
 */

const LIMIT_MS = 120_000;

/**
 * Brings the program of a package from the registry that npm is set to. No script of the package runs, its hash is
 * checked before anything is unpacked, and `folder` is there either whole or not at all.
 *
 * @param {NodePackage} wanted
 * @param {string} folder where it goes, below the repository or not: `folder/bin/node` afterwards
 * @param {NodeJS.ProcessEnv} env
 * @throws Error that says in one line why it could not be had
 */
export async function fetchNode({ name, version, integrity, program }, folder, env = process.env) {
  const place = `${folder}.part`;
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  try {
    // Relative to the root, where `run` starts programs: Windows's shell would break a path with a space in it.
    const here = relative(root, place) || '.';
    const settings = ['--ignore-scripts', '--fetch-retries=0', '--fetch-timeout=30000', '--loglevel=error'];
    await runOrThrow('npm', ['pack', `${name}@${version}`, '--pack-destination', here, ...settings], env);
    const tarball = readdirSync(place).find((file) => file.endsWith('.tgz'));
    if (tarball === undefined) throw new Error('npm brought no tarball');
    const found = await integrityOf(join(place, tarball));
    if (found !== integrity) throw new Error(`the hash of ${name}@${version} is ${found} and not the one expected`);
    const files = [program, 'LICENSE'].map((file) => `package/${file}`);
    await runOrThrow('tar', ['-xzf', join(here, tarball), '-C', here, ...files], env);
    const { output } = await runOrThrow(join(place, 'package', program), ['--version'], env);
    if (output.trim() !== `v${version}`) throw new Error(`it says that it is ${output.trim()}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    renameSync(join(place, 'package'), folder);
    if (!existsSync(join(folder, program))) throw new Error(`it has no ${program}`);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function runOrThrow(file, args, env) {
  const result = await run(file, args, { env, stdio: 'capture', limitMs: LIMIT_MS });
  if (result.code === 0) return result;
  const lines = result.output.split('\n').map((line) => line.trim());
  // npm begins with codes and ends with the name of its log file; the sentence is in between
  const said = lines.find((line) => line !== '' && !/^npm error (code|errno|syscall) /.test(line)) ?? 'it said nothing';
  throw new Error(`${relative(root, file)} ended with ${result.code}: ${said}`);
}

/** @param {string} file */
async function integrityOf(file) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return `sha512-${hash.digest('base64')}`;
}
