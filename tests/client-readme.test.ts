import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { createTestApp } from '../apps/api/testing/test-app.js';
import { optimize } from '../packages/client/index.js';

// The programs that documents show, as they are written there; only where the service is differs.

const { app, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
const baseUrl = await app.listen({ host: '127.0.0.1', port: 0 });
afterAll(close);

const programs = ['README.md', 'packages/client/README.md'].flatMap((page) => {
  const text = readFileSync(fileURLToPath(new URL(`../${page}`, import.meta.url)), 'utf8');
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
  return blocks
    .filter((code) => code.includes('await optimize('))
    .map((code, index) => ({ name: `${page} ${index}`, code }));
});

test('documents show programs', () => {
  expect(programs.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['README.md 0', 'packages/client/README.md 1']),
  );
});

test.each(programs)('$name finds what it looks for', async ({ code }) => {
  const printed: unknown[] = [];
  let last: Awaited<ReturnType<typeof optimize>> | undefined;
  const here: typeof optimize = async (space, objective, options) => {
    const optimized = await optimize(space, objective, { ...options, baseUrl });
    last = optimized;
    return optimized;
  };
  const run = new Function('optimize', 'console', `return (async () => { ${code.replaceAll(/^import .*$/gm, '')} })()`);
  await run(here, { log: (...values: unknown[]) => printed.push(...values) });
  expect(last?.search).toMatchObject({ status: 'completed', progress: { failed: 0 } });
  expect(last?.best?.value).toBeLessThan(5);
  expect(printed).toEqual(code.includes('console.log') ? [last?.best?.params['x'], last?.best?.value] : []);
});
