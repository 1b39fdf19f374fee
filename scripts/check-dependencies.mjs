#!/usr/bin/env node
// Fails when a package that we use is not pinned, not verified by its hash, runs scripts at installation, has a licence
// that is not on the list, or is known to be vulnerable. The last one is asked of the registry, and left out where it
// does not tell.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { pnpmCommand } from './caviar/bootstrap.mjs';
import {
  auditVerdict,
  licencesNotAllowed,
  looseVersions,
  scriptsNotAllowed,
  shippedPackages,
  unverified,
} from './caviar/dependencies.mjs';
import { at } from './caviar/paths.mjs';
import { run } from './caviar/processes.mjs';

const AUDIT_LIMIT_MS = 30_000;

/** @param {string} path */
const json = (path) => JSON.parse(readFileSync(at(path), 'utf8'));

const folders = ['apps', 'packages'].flatMap((top) => readdirSync(at(top)).map((name) => `${top}/${name}`));
const paths = ['package.json', ...folders.map((folder) => `${folder}/package.json`)];
const manifests = Object.fromEntries(paths.flatMap((path) => readable(path).map((manifest) => [path, manifest])));
const lock = parse(readFileSync(at('pnpm-lock.yaml'), 'utf8'));
const { allowBuilds = {} } = parse(readFileSync(at('pnpm-workspace.yaml'), 'utf8'));

const complaints = [
  ...looseVersions(manifests),
  ...unverified(lock.packages),
  ...scriptsNotAllowed(allowBuilds),
  ...licencesNotAllowed(installed()),
];
const [file = '', ...args] = pnpmCommand();
const audit = await run(file, [...args, 'audit', '--prod', '--json'], { stdio: 'capture', limitMs: AUDIT_LIMIT_MS });
const { failures, skipped } = auditVerdict(audit);
if (skipped !== null) process.stdout.write(`skipped: ${skipped}\n`);
for (const line of [...complaints, ...failures]) process.stderr.write(`${line}\n`);
process.exit(complaints.length + failures.length === 0 ? 0 : 1);

/** @param {string} path */
function readable(path) {
  try {
    return [json(path)];
  } catch {
    return []; // a folder that is no package
  }
}

/** What lies in pnpm's store of this checkout: packages of other platforms are in the lockfile only. */
function installed() {
  const shipped = shippedPackages(lock);
  const store = readdirSync(at('node_modules/.pnpm'));
  return Object.keys(lock.packages).flatMap((key) => {
    const name = key.slice(0, key.lastIndexOf('@'));
    const entry = store.find((folder) => folder === storeName(key) || folder.startsWith(`${storeName(key)}_`));
    if (entry === undefined) return [];
    return readable(join('node_modules/.pnpm', entry, 'node_modules', name, 'package.json')).map((manifest) => ({
      name,
      version: String(manifest.version),
      license: manifest.license,
      isShipped: shipped.has(key),
    }));
  });
}

/**
 * The name of a package's folder in the store; what comes behind it after an underscore names its peers.
 *
 * @param {string} key
 */
function storeName(key) {
  return key.replaceAll('/', '+');
}
