import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listDatasets } from '@caviar/datasets';
import { checkSearchSpec, findTrainer, searchSpecInputSchema } from '@caviar/spec';
import { describe, expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

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

describe('documents', () => {
  test.each(pages)('$name links to what is there', ({ text, path }) => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
    const broken = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(dirname(path), link)));
    expect(broken).toEqual([]);
  });

  const bodies = pages.flatMap(({ name, text }) =>
    [...text.matchAll(/-d '(\{[\s\S]*?\})'/g)].map(([, body = '']) => ({ name, body })),
  );
  const examples = all
    .filter(({ name }) => name.startsWith('docs/examples/'))
    .map(({ name, text }) => ({ name, body: text }));

  test('show at least one search to post', () => {
    expect(bodies.length).toBeGreaterThan(0);
    expect(examples.length).toBeGreaterThan(0);
  });

  test.each([...bodies, ...examples])('$name shows a search that the service takes', ({ body }) => {
    const spec = searchSpecInputSchema.parse(JSON.parse(body));
    const trainer = findTrainer(spec.trainer.kind);
    const id = spec.trainer.kind === 'mlp' ? spec.trainer.dataset : '';
    const dataset = listDatasets().find((info) => info.id === id) ?? null;
    expect(trainer).toBeDefined();
    expect(checkSearchSpec(spec, { trainer: trainer!, dataset })).toEqual([]);
  });
});
