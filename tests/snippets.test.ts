import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@caviar/client';
import { programsFileSchema } from '@caviar/spec';
import { createTestDatabase } from '@caviar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { checkUnrun } from './support/check-unrun.js';
import { type Service, startService } from './support/service.js';
import { type Shell, startShell } from './support/shell.js';
import { type Snippet, snippetsOf } from './support/snippets.js';
import { SURROUNDINGS } from './support/surroundings.js';

// Every fenced block of every document, as a reader runs it, from top to bottom, against the service as it is shipped. One that is not
// run says why, beside it, and is at least read.

const root = fileURLToPath(new URL('..', import.meta.url));
const has = (...command: readonly [string, ...string[]]) => spawnSync(command[0], command.slice(1)).status === 0;
const hasShell = has('bash', '-c', 'command curl --fail-with-body --version');
const hasPython = has('python3', '-c', 'import sys; sys.exit(sys.version_info < (3, 9))');
const ADMIN_KEY = 'k3y';

function documents(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^(node_modules|dist|generated|\..*)$/.test(entry.name) ? [] : documents(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

const pages = documents(root).map((path) => {
  const text = readFileSync(path, 'utf8');
  return { page: relative(root, path), text, snippets: snippetsOf(text) };
});
const every = pages.flatMap(({ page, snippets }) => snippets.map((snippet) => ({ page, ...snippet })));
/** Pages that show calls with a key: their service wants one. */
const WITH_KEYS = ['docs/operations.md'];

describe('documents', () => {
  test.each(pages)('$page has no block that goes unseen', ({ text, snippets }) => {
    const fences = text.match(/^\s*(```|~~~)/gm) ?? [];
    expect(fences).toHaveLength(2 * snippets.length);
  });

  const unrun = every.filter(({ notRun }) => notRun !== null);
  test.each(unrun)('$page:$line is not run, and is in order as far as that can be told', async (snippet) => {
    expect(snippet.notRun?.length).toBeGreaterThan(20);
    await checkUnrun(root, snippet);
  });

  test('few blocks are not run', () => {
    const commands = unrun.filter(({ language }) => !['text', 'mermaid'].includes(language));
    expect(commands.map(({ page, line }) => `${page}:${line}`).length).toBeLessThanOrEqual(14);
  });
});

const programs = ['ts', 'js'];

/** A block that runs the tests would otherwise never come to an end. */
const isWithin = process.env['CAVIAR_WITHIN_SNIPPETS'] !== undefined;

describe.skipIf(!hasShell || !hasPython || isWithin)('snippets', () => {
  let folder: string;
  const services = new Map<string, Service>();
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'caviar-snippets-'));
    const env = { CAVIAR_PROGRAMS: join(root, 'docs/examples/programs/programs.json') };
    services.set('', await startService({ workers: 2, env }));
  });
  afterAll(async () => {
    for (const service of services.values()) await service.stop();
    rmSync(folder, { recursive: true });
  });

  const shown = pages.filter(({ snippets }) => snippets.some(({ notRun }) => notRun === null));
  test.each(shown)('$page', async ({ page, snippets, text }) => {
    const apiKey = WITH_KEYS.includes(page) ? ADMIN_KEY : '';
    const service = services.get(apiKey) ?? (await startService({ workers: 0, env: { CAVIAR_API_KEYS: apiKey } }));
    services.set(apiKey, service);
    const checkout = checkoutIn(join(folder, page.replaceAll('/', '-')));
    const empty = text.includes('$EMPTY_DATABASE_URL') ? await createTestDatabase() : null;
    const env = { ...environment(service, { checkout, apiKey }), EMPTY_DATABASE_URL: empty?.url };
    const shell = startShell(checkout, env);
    try {
      let index = 0;
      for (const snippet of snippets) {
        if (snippet.first !== null) await shell.run(snippet.first);
        const name = `${page} ${programs.includes(snippet.language) ? index++ : ''}`;
        if (snippet.notRun === null) await run(snippet, { name, page, service, apiKey, shell, checkout, env });
      }
    } finally {
      shell.end();
      await empty?.drop();
    }
  });
});

interface Place {
  readonly name: string;
  readonly page: string;
  readonly service: Service;
  readonly apiKey: string;
  readonly shell: Shell;
  readonly checkout: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

async function run({ language, text, line }: Snippet, place: Place): Promise<void> {
  const { host } = new URL(place.service.url);
  switch (language) {
    case 'sh':
      await place.shell.run(text.replaceAll('localhost:3000', host));
      return;
    case 'python':
      expect(await runPython(text, place), `${place.page}:${line}`).not.toBe('');
      return;
    case 'ts':
    case 'js':
      return runProgram(text, place);
    case 'json':
      return runJson(text, place);
    case 'yaml':
      for (const document of parseAllDocuments(text)) expect(document.errors).toEqual([]);
      return;
    default:
      expect.fail(`${place.page}:${line}: nobody knows how to run ${language}; say <!-- not run: why --> before it`);
  }
}

/** A folder that looks like a checkout, where snippets may leave what they make. */
function checkoutIn(folder: string): string {
  mkdirSync(folder);
  for (const name of ['apps', 'deploy', 'docs', 'node_modules', 'packages', 'prisma', 'scripts'])
    symlinkSync(join(root, name), join(folder, name));
  for (const name of ['package.json', 'docker-compose.yml', 'Dockerfile']) cpSync(join(root, name), join(folder, name));
  return folder;
}

function environment(
  { url, databaseUrl }: Service,
  { checkout, apiKey }: { readonly checkout: string; readonly apiKey: string },
): Readonly<Record<string, string | undefined>> {
  return {
    ...process.env,
    CAVIAR_URL: url,
    CAVIAR_API_KEY: apiKey,
    ADMIN_KEY: apiKey,
    CAVIAR_WITHIN_SNIPPETS: '1',
    CHECKOUT: root,
    CAVIAR_HOME: join(checkout, '.caviar'),
    DATABASE_URL: databaseUrl,
    PYTHONPATH: join(root, 'packages/client-python'),
    PYTHONDONTWRITEBYTECODE: '1',
    NO_COLOR: '1',
  };
}

function runPython(text: string, { checkout, env }: Place): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('python3', ['-c', text], { cwd: checkout, env, timeout: 120_000 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${error.message}\n${stderr}`)),
    );
  });
}

/** A program is a module of its own; what it does not make itself comes from its surroundings. */
async function runProgram(text: string, { name, service, checkout }: Place): Promise<void> {
  const { given = {}, made = [], check } = SURROUNDINGS[name]?.() ?? {};
  const printed: string[] = [];
  const console = { log: (...values: unknown[]) => printed.push(values.join(' ')) };
  Object.assign(globalThis, { surroundings: { ...given, console } });
  const path = join(checkout, `snippet-${name.replaceAll(/\W+/g, '-')}.ts`);
  const used = [...Object.keys(given), 'console'].join(', ');
  const searchId = text.includes('srch_…') ? await completedSearch(service) : '';
  writeFileSync(
    path,
    `const { ${used} } = globalThis.surroundings;\n${text.replaceAll('srch_…', searchId)}\nexport { ${made.join(', ')} };\n`,
  );
  const real = globalThis.fetch;
  globalThis.fetch = (input, init) => real(String(input).replace('http://127.0.0.1:3000', service.url), init);
  try {
    const module = (await import(path)) as object;
    await check?.(module);
    if (text.includes('console.log')) expect(printed).not.toEqual([]);
  } finally {
    globalThis.fetch = real;
  }
}

async function completedSearch({ url }: Service): Promise<string> {
  const client = createClient({ baseUrl: url });
  const { id } = await client.createSearch({
    trainer: { kind: 'quadratic', params: { steps: 100 } },
    space: { learningRate: { kind: 'float', min: 0.01, max: 0.9 } },
    stop: { maxTrials: 3 },
  });
  await expect.poll(async () => (await client.getSearch(id)).status).toBe('completed');
  return id;
}

/** What the page says of the diagnosis of some of its searches. */
const SAID: Readonly<Record<string, object>> = { '1.2 high bias': { verdict: 'high-bias' } };

/** A spec is made a search, which must come to a good end, or be in good order where code of somebody's own trains. */
async function runJson(text: string, { service, apiKey }: Place): Promise<void> {
  const body = JSON.parse(text);
  if ('programs' in body) {
    expect(programsFileSchema.safeParse(body).error?.issues ?? []).toEqual([]);
    return;
  }
  const client = createClient({ baseUrl: service.url, apiKey: apiKey === '' ? undefined : apiKey });
  const { id, spec } = await client.createSearch(body);
  if (spec.trainer.kind === 'external' || spec.trainer.kind === 'command') {
    if (spec.trainer.kind === 'external') expect((await client.ask(id)).trials).toHaveLength(1);
    await client.cancelSearch(id);
    return;
  }
  await expect
    .poll(() => client.getSearch(id), { timeout: 150_000 })
    .toMatchObject({ status: 'completed', progress: { failed: 0 } });
  if (spec.trainer.kind === 'mlp') expect(await client.diagnosis(id)).toMatchObject(SAID[spec.name] ?? {});
}
