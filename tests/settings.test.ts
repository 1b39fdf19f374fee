import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');

/** The settings that a config.ts reads: fields of its zod schema, or names that it asks its environment for. */
function settingsIn(source: string): Map<string, string | undefined> {
  const settings = new Map<string, string | undefined>();
  for (const [, name] of source.matchAll(/'((?:CAVIAR_|DATABASE_|REDIS_|LOG_)[A-Z_]+|HOST|PORT)'/g)) {
    settings.set(name ?? '', undefined);
  }
  for (const [, name, text] of source.matchAll(
    /^ {2}([A-Z][A-Z_]{3,}): ([\s\S]*?)(?=^ {2}[A-Z][A-Z_]{3,}: |^\}\))/gm,
  )) {
    settings.set(name ?? '', /\.default\(([^()]*)\)/.exec(text ?? '')?.[1]);
  }
  return settings;
}

const configs = ['apps', 'packages'].flatMap((top) =>
  readdirSync(`${root}${top}`)
    .map((folder) => `${top}/${folder}/config.ts`)
    .filter((path) => readdirSync(`${root}${path.slice(0, path.lastIndexOf('/'))}`).includes('config.ts')),
);
const operations = read('docs/operations.md');
/** The table of settings: the processes that a variable is of, and its default. */
const table = new Map(
  [...operations.matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \| (API|worker|both) \| ([^|]+) \|/gm)].flatMap(
    ([, names, of, byDefault]) => {
      const defaults = (byDefault ?? '').split(', ');
      return (names ?? '')
        .split(', ')
        .map((name, i) => [name.replaceAll('`', ''), { of, byDefault: defaults[i] }] as const);
    },
  ),
);

/** Set by one process of ours for another, or by the shell; docs/operations.md tells of the first in a sentence. */
const NOT_FOR_OPERATORS = new Set(['CAVIAR_SUPERVISED', 'NO_COLOR', 'TERM', 'PATH']);

test('every config.ts is looked at', () => {
  expect(configs).toEqual(
    expect.arrayContaining(['apps/api/config.ts', 'apps/worker/config.ts', 'packages/local/config.ts']),
  );
  expect([...settingsIn(read('apps/worker/config.ts')).keys()]).toEqual(
    expect.arrayContaining(['DATABASE_URL', 'CAVIAR_LEASE_MS', 'LOG_LEVEL']),
  );
  expect(settingsIn(read('apps/worker/config.ts')).get('CAVIAR_LEASE_MS')).toBe('15_000');
});

test('every setting of the API and the worker stands in the table, with its default', () => {
  for (const [of, path] of [
    ['API', 'apps/api/config.ts'],
    ['worker', 'apps/worker/config.ts'],
  ] as const) {
    for (const [name, literal] of settingsIn(read(path))) {
      if (NOT_FOR_OPERATORS.has(name)) continue;
      const entry = table.get(name);
      expect(entry, `${path}: ${name}`).toBeDefined();
      expect([of, 'both'], name).toContain(entry?.of?.trim());
      const value = literal?.replaceAll(/[_'](?=\d|$)|^'/g, '');
      if (value === undefined || !/^\d+$/.test(value)) continue;
      expect(entry?.byDefault?.trim(), name).toBe(`\`${value}\``);
    }
  }
});

test('every setting of any program stands in README or docs', () => {
  const texts = [
    'README.md',
    ...readdirSync(`${root}docs`)
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`),
  ]
    .map(read)
    .join('\n');
  for (const path of configs) {
    for (const name of settingsIn(read(path)).keys()) {
      if (!NOT_FOR_OPERATORS.has(name)) expect(texts, `${path}: ${name}`).toContain(`${name}`);
    }
  }
});

test('the table has no setting that nobody reads', () => {
  const known = new Set(configs.flatMap((path) => [...settingsIn(read(path)).keys()]));
  expect(table.size).toBeGreaterThan(15);
  for (const name of table.keys()) expect(known, name).toContain(name);
});
