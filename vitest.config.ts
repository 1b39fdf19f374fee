import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Packages that are pure: their tests need no server, and do not wait for one.
const PURE = [
  'spec',
  'numerics',
  'search',
  'training',
  'diagnosis',
  'datasets',
  'orchestrator',
  'contracts',
  'client',
  'terminal',
  'telemetry',
];

// What is waited for comes soon, or on a machine that is busy with much else, later.
const PATIENCE = { timeout: 60_000, interval: 50 };

// Our packages are read as TypeScript, never from dist, by tests and by the global setup alike.
const fromSource = {
  resolve: {
    alias: [
      { find: /^@caviar\/([a-z]+)$/, replacement: fileURLToPath(new URL('./packages/$1/index.ts', import.meta.url)) },
      {
        find: /^@caviar\/([a-z]+)\/([a-z]+)$/,
        replacement: fileURLToPath(new URL('./packages/$1/$2.ts', import.meta.url)),
      },
    ],
  },
};

export default defineConfig(({ mode }) => {
  // `vitest run --mode long` runs the tests that take minutes, and only those.
  const name = mode === 'long' ? '*.long.test.ts' : '*.test.ts';
  const tests = (folders: readonly string[]) => folders.map((folder) => `${folder}/**/${name}`);
  const exclude = ['**/node_modules/**', '**/dist/**', ...(mode === 'long' ? [] : ['**/*.long.test.ts'])];
  // To start a process and read what nearly all need (Fastify, Prisma, zod) takes longer than most files' tests: those that follow
  // one another share a process, and leave it as it was. Long tests, some of which measure memory, have one each.
  const isolate = mode === 'long';
  const setupFiles = ['packages/testing/put-back.ts'];
  const pure = PURE.map((folder) => `packages/${folder}`);
  return {
    test: {
      pool: 'forks',
      maxWorkers: 2,
      projects: [
        {
          ...fromSource,
          test: {
            name: 'unit',
            include: tests(pure),
            exclude,
            isolate,
            setupFiles,
            testTimeout: mode === 'long' ? 600_000 : 120_000,
            expect: { poll: PATIENCE },
          },
        },
        {
          ...fromSource,
          test: {
            name: 'integration',
            include: tests(['apps', 'packages', 'tests', 'scripts']),
            exclude: [...exclude, ...tests(pure)],
            isolate,
            setupFiles,
            globalSetup: ['packages/testing/global-setup.ts'],
            // Long enough for a machine that is busy with much else: a test that hangs is found either way.
            testTimeout: mode === 'long' ? 600_000 : 180_000,
            hookTimeout: 240_000,
            expect: { poll: PATIENCE },
          },
        },
      ],
    },
  };
});
