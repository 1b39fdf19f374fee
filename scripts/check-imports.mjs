#!/usr/bin/env node
// Checks who imports whom (.dependency-cruiser.cjs), and first that the rules still bite: a rule set that cannot parse
// TypeScript, or whose paths no longer match, finds nothing and looks like success. The canary is a small house in a
// temporary folder that breaks one rule per file; every rule must name its file, and nothing else. Then that every package declares
// what it imports.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { undeclared } from './caviar/dependencies.mjs';
import { at, packageFiles, root } from './caviar/paths.mjs';

const program = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
const config = join(root, '.dependency-cruiser.cjs');

/** Files of the canary's house and the rules each of them breaks. */
const HOUSE = {
  'packages/spec/index.ts': { text: 'export const word = 1;\n', breaks: [] },
  'packages/db/index.ts': { text: "export { word } from '@caviar/spec';\n", breaks: [] },
  'packages/search/sampler.ts': {
    text: "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
    breaks: ['pure-packages-touch-nothing'],
  },
  'packages/search/storage.ts': {
    text: "import type { word } from '@caviar/db';\nexport type Word = typeof word;\n",
    breaks: ['search-imports-of-ours'],
  },
  'packages/search/vendor.ts': { text: "export { sum } from 'vendor';\n", breaks: ['search-imports-of-others'] },
  'packages/search/ghost.ts': { text: "export { boo } from 'nowhere';\n", breaks: ['not-to-unresolvable'] },
  'packages/db/inside.ts': { text: "export { deep } from '../spec/deep.js';\n", breaks: ['entry-points-only'] },
  'packages/spec/deep.ts': { text: 'export const deep = 2;\n', breaks: [] },
  // one cycle is reported once, where it was entered
  'packages/db/egg.ts': { text: "import './hen.js';\nexport const egg = 1;\n", breaks: ['no-cycles'] },
  'packages/db/hen.ts': { text: "import './egg.js';\nexport const hen = 1;\n", breaks: [] },
  'node_modules/vendor/index.js': { text: 'exports.sum = 1;\n', breaks: [] },
};

/** The rules that the canary's house was found to break, as "file rule", sorted. */
function canary() {
  const folder = mkdtempSync(join(tmpdir(), 'caviar-canary-'));
  try {
    writeFileSync(join(folder, 'tsconfig.json'), '{ "compilerOptions": { "module": "nodenext" } }\n');
    writeFileSync(join(folder, 'package.json'), '{ "type": "module", "dependencies": { "vendor": "1.0.0" } }\n');
    for (const [path, { text }] of Object.entries(HOUSE)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    mkdirSync(join(folder, 'node_modules', '@caviar'));
    for (const name of ['spec', 'db']) {
      const manifest = {
        name: `@caviar/${name}`,
        type: 'module',
        exports: { '.': { '@caviar/source': './index.ts' } },
      };
      writeFileSync(join(folder, 'packages', name, 'package.json'), JSON.stringify(manifest));
      symlinkSync(join(folder, 'packages', name), join(folder, 'node_modules', '@caviar', name));
    }
    const args = ['--config', config, '--output-type', 'json', 'packages'];
    const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
    if (stdout === '') throw new Error(stderr);
    const { violations } = JSON.parse(stdout).summary;
    return [...new Set(violations.map(({ from, rule }) => `${from} ${rule.name}`))].sort();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const expected = Object.entries(HOUSE)
  .flatMap(([path, { breaks }]) => breaks.map((rule) => `${path} ${rule}`))
  .sort();
const found = canary();
if (JSON.stringify(found) !== JSON.stringify(expected)) {
  process.stderr.write('The import rules no longer find what they must: .dependency-cruiser.cjs is broken.\n');
  process.stderr.write(`expected:\n  ${expected.join('\n  ')}\nfound:\n  ${found.join('\n  ')}\n`);
  process.exit(1);
}
const { status } = spawnSync(process.execPath, [program, '--config', config, 'apps', 'packages'], {
  cwd: root,
  stdio: 'inherit',
});

/** What runs in production as it is: the web app is bundled. */
const PRODUCTION = /^(apps|packages)\/(?!web\/)[^/]+\/.*\.(ts|mjs)$/;
const NOT_SHIPPED = /(^|\/)(node_modules|dist|generated|testing|fixtures|bench)\/|\.test\.ts$|\.d\.ts$/;
const read = (path) => readFileSync(at(path), 'utf8');
const files = packageFiles();
const shipped = files.filter((path) => PRODUCTION.test(path) && !NOT_SHIPPED.test(path));
const manifests = files.filter((path) => /^[^/]+\/[^/]+\/package\.json$/.test(path));
const complaints = undeclared(
  Object.fromEntries(manifests.map((path) => [path, JSON.parse(read(path))])),
  Object.fromEntries(shipped.map((path) => [path, read(path)])),
);
for (const line of complaints) process.stderr.write(`${line}\n`);
process.exit(complaints.length > 0 ? 1 : (status ?? 1));
