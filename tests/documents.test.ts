import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findDataset } from '@caviar/datasets';
import {
  checkSearchSpec,
  type DatasetInfo,
  findTrainer,
  gradientCheckRequestSchema,
  programsFileSchema,
  type SearchSpecInput,
  searchSpecInputSchema,
} from '@caviar/spec';
import { describe, expect, test } from 'vitest';
import { OPERATIONS, type Operation } from '../packages/contracts/index.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');

function documents(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return /^(node_modules|dist|generated|\.git|\.caviar)$/.test(entry.name) ? [] : documents(path);
    return /\.(md|json)$/.test(entry.name) ? [path] : [];
  });
}

const all = documents(root).map((path) => ({ name: relative(root, path), text: readFileSync(path, 'utf8'), path }));
const pages = all.filter(({ name }) => name.endsWith('.md'));

/** What a document shows to be sent, and where. */
interface Shown {
  readonly name: string;
  readonly target: string;
  readonly body: string;
}

function shownIn({ name, text }: { readonly name: string; readonly text: string }): Shown[] {
  // commands end where the next one begins, so that a body is not taken for that of an earlier command
  const commands = text.split(/(?=^\s*curl )/m);
  const sent = commands.flatMap((command): Shown[] => {
    const [, target] = /^\s*curl \S*(\/v1\/[\w/-]+)/.exec(command) ?? [];
    const [, body] = /-d '(\{[\s\S]*?\})'/.exec(command) ?? [];
    return target === undefined || body === undefined ? [] : [{ name, target, body }];
  });
  const blocks = [...text.matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, body = '']) => body);
  const specs = blocks.filter((body) => /"trainer"\s*:/.test(body) && /"space"\s*:/.test(body));
  return [...sent, ...specs.map((body) => ({ name, target: '/v1/searches', body }))];
}

/** Data sets that do not ship with Caviar, but whose searches `npm run bench course` makes: their specs are shown too. */
function readByBench({ trainer }: SearchSpecInput): DatasetInfo | null {
  const tasks: Readonly<Record<string, DatasetInfo['task']>> = {
    adult: 'classification',
    'wine-quality': 'regression',
  };
  const task = trainer.kind === 'mlp' ? tasks[trainer.dataset] : undefined;
  const digits = findDataset('digits');
  return task === undefined || digits === null ? null : { ...digits, task, image: null };
}

/** The names of the variables that a `config.ts` reads. */
function settingsOf(configFile: string): string[] {
  return [...new Set(read(configFile).match(/\b(HOST|PORT|DATABASE_URL|REDIS_URL|LOG_LEVEL|CAVIAR_[A-Z_]+)\b/g))];
}

describe('documents', () => {
  test.each(pages)('$name links to what is there', ({ text, path }) => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
    const broken = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(dirname(path), link)));
    expect(broken).toEqual([]);
  });

  test.each(pages)('$name names commands and files that are there', ({ text }) => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
    const verbs = [...text.matchAll(/npm run (?:--silent )?([a-z]\w*(?::\w+)*)/g)].map(([, verb = '']) => verb);
    expect(verbs.filter((verb) => !(verb in scripts))).toEqual([]);
    const files = [...text.matchAll(/\b(?:node|bash|sh) ((?:apps|packages|scripts)\/[\w./-]+)/g)].map(([, file = '']) =>
      // what is compiled is there after a build; its source always is
      file.replace(/\/dist\/(.*)\.js$/, '/$1.ts'),
    );
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  const examples = all
    .filter(({ name }) => /^docs\/examples\/(?!programs\/)/.test(name))
    .map(({ name, text }): Shown => ({ name, target: '/v1/searches', body: text }));
  const shown = [...pages.flatMap(shownIn), ...examples];

  test('show a search to post in the README, one for the quickstart, and a gradient check', () => {
    const targets = shown.map(({ name, target }) => `${name} ${target}`);
    expect(targets).toContain('README.md /v1/searches');
    expect(targets).toContain('README.md /v1/gradient-checks');
    expect(targets).toContain('docs/examples/quickstart.json /v1/searches');
  });

  test('register programs that are in order', () => {
    const { text } = all.find(({ name }) => name === 'docs/examples/programs/programs.json') ?? { text: '' };
    expect(programsFileSchema.safeParse(JSON.parse(text)).error?.issues ?? []).toEqual([]);
  });

  test.each(shown)('$name shows a body that $target takes', ({ target, body }) => {
    const trainer = (kind: string) => findTrainer(kind) ?? expect.fail(`there is no trainer ${kind}`);
    switch (target) {
      case '/v1/searches':
      case '/v1/searches/preview': {
        const spec = searchSpecInputSchema.parse(JSON.parse(body));
        const context = {
          trainer: trainer(spec.trainer.kind),
          dataset: spec.trainer.kind === 'mlp' ? (findDataset(spec.trainer.dataset) ?? readByBench(spec)) : null,
        };
        expect(checkSearchSpec(spec, context)).toEqual([]);
        break;
      }
      case '/v1/gradient-checks': {
        const request = gradientCheckRequestSchema.parse(JSON.parse(body));
        expect(findDataset(request.dataset)).not.toBeNull();
        const known = trainer('mlp').parameters.map(({ name }) => name);
        expect(known).toEqual(expect.arrayContaining(Object.keys(request.params)));
        break;
      }
      default: {
        const all: readonly Operation[] = Object.values(OPERATIONS);
        const op = all.find(({ method, path }) => method === 'POST' && path === target);
        if (op?.body === undefined) return expect.fail(`there is no call POST ${target} with a body`);
        expect(op.body.safeParse(JSON.parse(body)).error?.issues ?? []).toEqual([]);
      }
    }
  });

  test('README has every setting of npm start, operations every setting of API and worker', () => {
    const missing = (settings: readonly string[], page: string) =>
      settings.filter((setting) => !read(page).includes(`\`${setting}\``));
    expect(settingsOf('packages/local/config.ts')).toContain('CAVIAR_WORKERS'); // the search finds settings at all
    // set by the supervisor for its children, not by people
    const forPeople = settingsOf('packages/local/config.ts').filter((setting) => setting !== 'CAVIAR_SUPERVISED');
    expect(missing(forPeople, 'README.md')).toEqual([]);
    const ofProcesses = [...settingsOf('apps/api/config.ts'), ...settingsOf('apps/worker/config.ts')];
    expect(missing(ofProcesses, 'docs/operations.md')).toEqual([]);
  });

  test('operations has every variable of the compose file', () => {
    const variables = [...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, variable = '']) => variable);
    expect(variables).toContain('CAVIAR_API_KEYS');
    expect(variables.filter((variable) => !read('docs/operations.md').includes(`\`${variable}\``))).toEqual([]);
  });

  test('operations has every metric of the API', () => {
    const source = ['apps/api/plugins/service-metrics.ts', 'apps/api/plugins/observe.ts']
      .map((file) => read(file))
      .join();
    const metrics = [...source.matchAll(/\bname: '(\w+)'/g)].map(([, name]) => `caviar_${name}`);
    expect(metrics).toContain('caviar_workers_active');
    expect(metrics.filter((metric) => !read('docs/operations.md').includes(metric))).toEqual([]);
  });

  test('the list of decisions is complete, and the numbers have no gap', () => {
    const files = readdirSync(join(root, 'docs/adr')).filter((file) => /^\d{4}-.*\.md$/.test(file));
    const index = read('docs/adr/README.md');
    expect(files.filter((file) => !index.includes(`(${file})`))).toEqual([]);
    expect(files.map((file) => Number(basename(file).slice(0, 4)))).toEqual(files.map((_, position) => position + 1));
  });

  test('architecture has every folder of the house', () => {
    const folders = ['apps', 'packages'].flatMap((top) => readdirSync(join(root, top)).map((name) => `${top}/${name}`));
    const described = folders.filter((folder) => existsSync(join(root, folder, 'package.json')));
    expect(described.filter((folder) => !read('docs/architecture.md').includes(`\`${folder}\``))).toEqual([]);
  });
});

describe('the Dockerfile', () => {
  test('installs the pnpm that package.json names', () => {
    const { packageManager }: { packageManager: string } = JSON.parse(read('package.json'));
    expect(read('Dockerfile')).toContain(`npm install --global ${packageManager}\n`);
  });

  test('keeps to what builders without a front end from a registry know', () => {
    expect(read('Dockerfile')).not.toMatch(/^# *syntax *=/im);
    expect(read('docker-compose.yml')).not.toMatch(/^(name|version):/m);
  });
});
