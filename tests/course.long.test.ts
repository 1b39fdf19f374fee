import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const bench = fileURLToPath(new URL('../packages/training/dist/bench/course.js', import.meta.url));
const published = new URL('../../shared/datasets/', import.meta.url);
// Wine quality and Fashion-MNIST take many minutes: `npm run bench -- training/course`.
const tasks = ['digits', ...(existsSync(published) ? ['adult'] : [])];

test.each(tasks)('a random search of 25 trials reaches the test error of docs/course.md: %s', async (task) => {
  const child = spawn(process.execPath, [bench, task], { stdio: ['ignore', 'pipe', 'ignore'] });
  let table = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    table += text;
  });
  const [code] = await once(child, 'close');
  expect(table).toContain('its test');
  expect(code).toBe(0);
});
