import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService } from './support/service.js';
import { type Snippet, snippetsOf } from './support/snippets.js';

// Every snippet of the guide, as a reader runs it: against the service as it is shipped.

const docs = fileURLToPath(new URL('../docs/', import.meta.url));
const hasShell = ['bash', 'curl'].every((program) => spawnSync(program, ['--version']).status === 0);

const pages = await Promise.all(
  ['guide/first-search.md', 'guide/course.md', 'guide/comparison.md', 'guide/many-machines.md'].map(async (file) => ({
    file,
    snippets: snippetsOf(await readFile(join(docs, file), 'utf8')),
  })),
);
const runnable = (language: string) =>
  pages
    .map(({ file, snippets }) => ({
      file,
      snippets: snippets.filter((each) => each.language === language && each.notRun === null),
    }))
    .filter(({ snippets }) => snippets.length > 0);

/** What the page says of the diagnosis of some of its searches. */
const SAID: Readonly<Record<string, object>> = { '1.2 high bias': { verdict: 'high-bias' } };

let service: Service;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'caviar-guide-'));
  service = await startService({ workers: 1 });
});
afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true });
});

test('every snippet is run, or says why not', () => {
  const others = pages.flatMap(({ file, snippets }) =>
    snippets
      .filter(({ language, notRun }) => notRun === null && !['sh', 'json'].includes(language))
      .map(({ language }) => `${file}: ${language}`),
  );
  expect(others).toEqual([]);
});

describe.skipIf(!hasShell)('shell', () => {
  test.each(runnable('sh'))('$file runs from top to bottom', async ({ snippets }) => {
    const { host } = new URL(service.url);
    const script = snippets.map(({ text }) => text).join('\n');
    const { code, output } = await runShell(script.replaceAll('localhost:3000', host), folder);
    expect(code, output).toBe(0);
    // the one mistake that a page makes, to show the answer
    const mistakes = script.includes("grep '/space/") ? 1 : 0;
    expect(output.match(/"type":"\/problems\//g) ?? [], output).toHaveLength(mistakes);
  });
});

describe('searches', () => {
  const shown = runnable('json').flatMap(({ file, snippets }) =>
    snippets.map(({ text }: Snippet) => ({ file, body: text, name: (JSON.parse(text) as { name: string }).name })),
  );

  test.each(shown)('$file: $name', async ({ name, body }) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${service.url}/v1/searches`, { method: 'POST', headers, body });
    const search = (await response.json()) as { id: string };
    expect(response.status, JSON.stringify(search)).toBe(201);
    await expect
      .poll(async () => (await fetch(`${service.url}/v1/searches/${search.id}`)).json(), { timeout: 150_000 })
      .toMatchObject({ status: 'completed', progress: { failed: 0 } });
    const diagnosis = (await (await fetch(`${service.url}/v1/searches/${search.id}/diagnosis`)).json()) as object;
    expect(diagnosis).toMatchObject(SAID[name] ?? {});
  });
});

function runShell(script: string, cwd: string): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd, timeout: 150_000 });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output += String(data);
      });
    }
    child.on('close', (code) => resolve({ code, output }));
  });
}
