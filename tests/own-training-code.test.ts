import { execFile, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApp, type TestApp } from '../apps/api/testing/test-app.js';

// The examples of docs/own-training-code.md, as people run them.

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const hasPython = spawnSync('python3', ['-c', 'import urllib.request, os; os.uname()']).status === 0;

let service: TestApp;
let url: string;
beforeAll(async () => {
  service = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
  url = await service.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => service.close());

function runExample(name: string, ...args: readonly string[]): Promise<string> {
  const path = join(root, 'docs', 'examples', name);
  const env = { ...process.env, CAVIAR_URL: url };
  return new Promise((resolve, reject) => {
    execFile('python3', [path, ...args], { env, timeout: 50_000 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${error.message}\n${stderr}`)),
    );
  });
}

describe.skipIf(!hasPython)('ask_and_tell.py', () => {
  test('two of them share a search and find its minimum', async () => {
    const [one, two] = await Promise.all([runExample('ask_and_tell.py', 'a'), runExample('ask_and_tell.py', 'b')]);
    expect(one).toBe(two);
    expect(Number(/^cost (\S+) with/.exec(one)?.[1])).toBeLessThan(0.01);
    const { orchestrator } = service.container;
    const [search] = (await orchestrator.listSearches({ limit: 1 })).items;
    expect(search).toMatchObject({ status: 'completed', progress: { total: 30, failed: 0 } });
    expect(search?.progress.infeasible).toBe(0);
    const { items } = await orchestrator.listTrials(search!.id, { limit: 50 });
    expect(new Set(items.map(({ workerId }) => workerId))).toEqual(new Set(['a', 'b']));
    expect(items.every(({ step, attempts }) => step === 10 && attempts === 1)).toBe(true);
  });
});
