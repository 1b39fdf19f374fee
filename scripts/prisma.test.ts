import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { runSql, withDatabase } from '../packages/testing/sql.js';

// Prisma's own command line on our stand-in for its engine, against a real Postgres and a project made for the test.

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const project = mkdtempSync(join(tmpdir(), 'caviar-prisma-test-'));
const INIT = `
CREATE TABLE "Thing" ("id" INTEGER NOT NULL, "name" TEXT NOT NULL, CONSTRAINT "Thing_pkey" PRIMARY KEY ("id"));
CREATE FUNCTION shout() RETURNS trigger AS $$
BEGIN NEW.name := upper(NEW.name) || ';'; RETURN NEW; END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER shout BEFORE INSERT ON "Thing" FOR EACH ROW EXECUTE FUNCTION shout();
`;
const SCHEMA = `
generator client {
  provider = "prisma-client"
  output   = "./generated"
}
datasource db {
  provider = "postgresql"
}
model Thing {
  id   Int    @id
  name String
}
`;
let url = '';
let databases = 0;

beforeEach(async () => {
  const server = inject('caviarServers').postgresUrl;
  const name = `prisma_test_${process.pid}_${databases++}`;
  await runSql(server, `CREATE DATABASE ${name}`);
  url = withDatabase(server, name);

  const migrations = join(project, 'migrations');
  rmSync(project, { recursive: true, force: true });
  mkdirSync(join(migrations, '1_init'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  writeFileSync(join(project, 'schema.prisma'), SCHEMA);
  writeFileSync(join(migrations, 'migration_lock.toml'), 'provider = "postgresql"\n');
  writeFileSync(join(migrations, '1_init', 'migration.sql'), INIT);
  const config = readFileSync(join(root, 'prisma.config.ts'), 'utf8');
  writeFileSync(join(project, 'prisma.config.ts'), config.replaceAll(/'prisma\/(schema|migrations)/g, "'$1"));
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

async function prisma(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const argv = [join(root, 'scripts', 'prisma.mjs'), ...args, '--config', join(project, 'prisma.config.ts')];
    execFile(process.execPath, argv, { env: { ...process.env, DATABASE_URL: url } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });
}

test('the WebAssembly engine is built from the commit that the CLI expects', () => {
  const require = createRequire(join(root, 'package.json'));
  const fromPrisma = createRequire(require.resolve('prisma/package.json'));
  const fromEngines = createRequire(fromPrisma.resolve('@prisma/engines/package.json'));
  const { enginesVersion } = fromEngines('@prisma/engines-version');
  const engine = dirname(require.resolve('@prisma/schema-engine-wasm'));
  const { version } = JSON.parse(readFileSync(join(engine, 'package.json'), 'utf8'));
  expect(enginesVersion).toMatch(/^[0-9a-f]{40}$/);
  expect(version.endsWith(enginesVersion)).toBe(true);
});

test('what `generate` is asked without generating anything leaves the client as it is', async () => {
  const client = join(root, 'packages/db/generated/internal/class.ts');
  const before = readFileSync(client, 'utf8');
  expect(before).toContain('await readPlanner(');
  await promisify(execFile)(process.execPath, [join(root, 'scripts', 'prisma.mjs'), 'generate', '--help']);
  expect(readFileSync(client, 'utf8')).toBe(before);
});

describe('migrate deploy', () => {
  test('brings an empty database up to date, function bodies and all, and then has nothing to do', async () => {
    expect(await prisma('migrate', 'deploy')).toMatchObject({ code: 0, output: expect.stringContaining('1_init') });
    await runSql(url, `INSERT INTO "Thing" VALUES (1, 'x')`);
    expect(await runSql(url, 'SELECT name FROM "Thing"')).toEqual([{ name: 'X;' }]);
    expect((await prisma('migrate', 'deploy')).output).toContain('No pending migrations');
  });

  test('fails with the statement’s error, and stays failed until somebody resolves it', async () => {
    const folder = join(project, 'migrations', '2_broken');
    mkdirSync(folder);
    writeFileSync(join(folder, 'migration.sql'), 'CREATE TABLE "Other" ("id" INTEGER); SELECT nonsense();');
    const first = await prisma('migrate', 'deploy');
    expect(first.code).toBe(1);
    expect(first.output).toMatch(/function nonsense\(\) does not exist[\s\S]*2_broken/);
    const second = await prisma('migrate', 'deploy');
    expect(second.code).toBe(1);
    expect(second.output).toContain('P3009');

    writeFileSync(join(folder, 'migration.sql'), 'CREATE TABLE "Other" ("id" INTEGER);');
    expect((await prisma('migrate', 'resolve', '--rolled-back', '2_broken')).code).toBe(0);
    expect((await prisma('migrate', 'deploy')).code).toBe(0);
    expect(await runSql(url, `SELECT to_regclass('"Other"')::text AS found`)).toEqual([{ found: '"Other"' }]);
  });

  test('a migration and the word that it is finished are one: a crash right after it is none', async () => {
    const folder = join(project, 'migrations', '2_last_words');
    mkdirSync(folder);
    // From here on nothing can be written of a migration that has ended, as if the engine were dead.
    const script = `
CREATE FUNCTION dead() RETURNS trigger AS $$ BEGIN RAISE 'the engine is dead'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER dead BEFORE UPDATE ON _prisma_migrations FOR EACH ROW WHEN (OLD.finished_at IS NOT NULL) EXECUTE FUNCTION dead() -- no end`;
    writeFileSync(join(folder, 'migration.sql'), script);
    expect(await prisma('migrate', 'deploy')).toMatchObject({
      code: 1,
      output: expect.stringContaining('engine is dead'),
    });
    await runSql(url, 'DROP TRIGGER dead ON _prisma_migrations');
    expect(await prisma('migrate', 'deploy')).toMatchObject({
      code: 0,
      output: expect.stringContaining('No pending migrations'),
    });
  });

  test('applies each migration once when several start at the same time', async () => {
    const runs = await Promise.all([1, 2].map(() => prisma('migrate', 'deploy')));
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    expect(await runSql(url, 'SELECT count(*)::int AS rows FROM _prisma_migrations')).toEqual([{ rows: 1 }]);
  });
});

describe('migrate diff', () => {
  const diff = (...args: string[]) =>
    prisma(
      ...['migrate', 'diff', '--from-migrations', join(project, 'migrations')],
      ...['--to-schema', join(project, 'schema.prisma'), ...args],
    );

  test('answers 0 while schema and migrations agree, and 2 once they do not', async () => {
    expect(await diff('--exit-code')).toMatchObject({ code: 0, output: expect.stringContaining('No difference') });
    writeFileSync(join(project, 'schema.prisma'), SCHEMA.replace('name String', 'name String\n  age  Int?'));
    expect(await diff('--exit-code')).toMatchObject({ code: 2, output: expect.stringContaining('age') });
    expect((await diff('--script')).output).toContain('ALTER TABLE "Thing" ADD COLUMN     "age" INTEGER;');
    const left = await runSql(url, `SELECT datname FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow%'`);
    expect(left).toEqual([]);
  });
});

test('a URL means to the engine what it means to the driver: certificates, sockets, addresses', async () => {
  const { connectionFields } = (await import(new URL('schema-engine/connection.mjs', import.meta.url).href)) as {
    connectionFields: (url: string) => Record<string, unknown>;
  };
  const ca = join(project, 'ca.pem');
  writeFileSync(ca, 'a certificate');
  const secure = connectionFields(`postgresql://u:p%40@h/x?sslmode=verify-full&sslrootcert=${ca}&schema=public`);
  expect(secure).toMatchObject({ host: 'h', port: 5432, user: 'u', password: 'p@', database: 'x' });
  expect(secure['ssl']).toEqual({ ca: 'a certificate' });
  expect(connectionFields('postgresql://u@h/x?sslmode=no-verify')['ssl']).toEqual({ rejectUnauthorized: false });
  expect(connectionFields('postgresql://u@[::1]:7/x')).toMatchObject({ host: '::1', port: 7, ssl: false });
  expect(connectionFields('postgresql://u@%2Frun%2Fpg/x')).toMatchObject({ host: '/run/pg' });
});

test('a server that does not answer is an error, not a silent success', async () => {
  url = 'postgresql://nobody@127.0.0.1:1/nothing';
  const { code, output } = await prisma('migrate', 'deploy');
  expect(code).toBe(1);
  expect(output).toMatch(/P1001|ECONNREFUSED|reach/);
});
