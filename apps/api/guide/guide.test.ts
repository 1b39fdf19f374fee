import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { findDocs, serveGuide } from '../plugins/guide.js';
import { GUIDE_PAGES } from './pages.js';
import { isServed, renderPage } from './render-page.js';

const docs = findDocs() ?? expect.fail('there is a folder docs');
const [first] = GUIDE_PAGES;
const render = (markdown: string, file = 'guide/first-search.md') =>
  renderPage(GUIDE_PAGES.find((page) => page.file === file) ?? first!, markdown);

const app = Fastify();
serveGuide(app, docs);

describe('pages', () => {
  test.each(GUIDE_PAGES)('$name is there, and everything of ours it links to', async ({ name }) => {
    const { statusCode, headers, body } = await app.inject(`/docs/guide/${name}`);
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(body).toContain('aria-current="page"');
    const targets = [...body.matchAll(/(?:href|src)="(\/docs\/guide[^"]*)"/g)].map(([, target = '']) => target);
    expect(targets.length).toBeGreaterThan(GUIDE_PAGES.length);
    for (const target of new Set(targets)) {
      const [path = '', fragment] = target.split('#');
      const answer = await app.inject(path);
      expect(answer.statusCode, target).toBe(200);
      if (fragment !== undefined) expect(answer.body, target).toContain(`id="${fragment}"`);
    }
  });

  test('have every file that they name', () => {
    expect(GUIDE_PAGES.filter(({ file }) => !existsSync(join(docs, file)))).toEqual([]);
    expect(new Set(GUIDE_PAGES.map(({ name }) => name)).size).toBe(GUIDE_PAGES.length);
  });

  test('begin at the root of the guide', async () => {
    expect((await app.inject('/docs/guide')).body).toContain(`<title>${first!.title}`);
  });

  test('that are not there are not found', async () => {
    expect((await app.inject('/docs/guide/nothing')).statusCode).not.toBe(200);
    expect((await app.inject('/docs/guide/files/nothing.md')).statusCode).not.toBe(200);
  });
});

describe('rendering', () => {
  test('links between documents lead to pages, to files, or nowhere', () => {
    const html = render(
      '[a](../operations.md#keys) [b](../examples/quickstart.json) [c](../../package.json) [d](https://x.y/)',
    );
    expect(html).toContain('<a href="/docs/guide/operations#keys">a</a>');
    expect(html).toContain('<a href="/docs/guide/files/examples/quickstart.json">b</a> c <a href="https://x.y/">d</a>');
  });

  test('what is text stays text', () => {
    expect(render('`<b>` & <!-- hidden -->\n\n```json\n{"a": "<i>"}\n```')).toContain(
      '<pre tabindex="0" data-lang="json"><code>{&quot;a&quot;: &quot;&lt;i&gt;&quot;}',
    );
    expect(render('a\n\n<!-- not run: no -->\n\nb')).not.toContain('not run');
  });

  test('sections have addresses, told apart', () => {
    const html = render('# T\n\n## Keys and projects\n\n## Keys and projects');
    expect(html).toContain('<h2 id="keys-and-projects">');
    expect(html).toContain('<h2 id="keys-and-projects-1">');
  });
});

describe('files', () => {
  test('of the documents are served as they are', async () => {
    const { headers, body } = await app.inject('/docs/guide/files/examples/quickstart.json');
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(body).toBe(readFileSync(join(docs, 'examples/quickstart.json'), 'utf8'));
  });

  test.each(['../package.json', 'a/../../x.md', '.env', 'guide/.hidden.md', 'x.exe', ''])('%s is not', async (path) => {
    expect(isServed(path)).toBe(false);
    expect((await app.inject(`/docs/guide/files/${encodeURIComponent(path)}`)).statusCode).not.toBe(200);
  });
});
