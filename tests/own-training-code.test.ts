import { execFile, spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { searchSpecInputSchema } from '@caviar/spec';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createTestApp, type TestApp } from '../apps/api/testing/test-app.js';
import { type Stack, startStack } from './support/stack.js';

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
    execFile('python3', [path, ...args], { env, timeout: 150_000 }, (error, stdout, stderr) =>
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

/** A Python that has a module; undefined when there is none. */
function pythonWith(module: string): string | undefined {
  return ['python3', '/usr/bin/python3'].find((python) => spawnSync(python, ['-c', `import ${module}`]).status === 0);
}

describe('programs', () => {
  const programsFile = join(root, 'docs', 'examples', 'programs', 'programs.json');
  const objective = (metric: string) => ({ metric, direction: 'minimize' as const });
  const rate = { kind: 'float', min: 0.001, max: 0.1, scale: 'log' } as const;
  let stack: Stack;
  beforeAll(async () => {
    const python = pythonWith('torch') ?? pythonWith('sklearn') ?? '';
    if (python.startsWith('/')) vi.stubEnv('PATH', `${dirname(python)}${delimiter}${process.env['PATH']}`);
    stack = await startStack({ workers: 1, programsFile }).finally(() => vi.unstubAllEnvs());
  });
  afterAll(() => stack.stop());

  async function run(spec: object) {
    const { search } = await stack.orchestrator.createSearch(searchSpecInputSchema.parse(spec), {});
    const ended = await stack.finished(search.id);
    const { items } = await stack.orchestrator.listTrials(search.id, { limit: 50 });
    expect(items.filter(({ status }) => status === 'failed').map(({ reason }) => reason)).toEqual([]);
    expect(ended.status).toBe('completed');
    return { ended, trials: items };
  }

  test('must be registered', async () => {
    const trainer = { kind: 'command', program: 'rm', params: {}, maxRetries: 0 };
    const spec = { trainer, space: { x: rate }, objective: objective('cost'), stop: { maxTrials: 1 } };
    await expect(stack.orchestrator.createSearch(searchSpecInputSchema.parse(spec), {})).rejects.toMatchObject({
      issues: [
        { path: ['trainer', 'program'], message: expect.stringContaining('no program "rm" is registered; there are') },
      ],
    });
  });

  test('a shell one-liner', async () => {
    const { trials } = await run({
      trainer: { kind: 'command', program: 'one-liner', params: {}, maxRetries: 0 },
      space: { x: { kind: 'float', min: 0, max: 6, scale: 'linear' } },
      objective: objective('cost'),
      stop: { maxTrials: 4 },
    });
    for (const { params, value, provenance } of trials) {
      expect(value).toBeCloseTo((Number(params['x']) - 3) ** 2, 3);
      expect(provenance).toMatchObject({ node: process.version });
    }
  });

  test.skipIf(pythonWith('sklearn') === undefined)('scikit-learn', async () => {
    const { ended, trials } = await run({
      trainer: {
        kind: 'command',
        program: 'scikit-learn',
        params: { epochs: 3, alpha: 1e-4, loss: 'hinge' },
        maxRetries: 0,
      },
      space: { learningRate: rate },
      objective: objective('dev.error'),
      stop: { maxTrials: 2 },
    });
    expect(trials.map(({ step }) => step)).toEqual([3, 3]);
    expect(ended.best?.value).toBeLessThan(0.15);
  });

  test.skipIf(pythonWith('torch') === undefined)('PyTorch, paused at rungs and going on', async () => {
    const { ended, trials } = await run({
      trainer: { kind: 'command', program: 'pytorch', params: { epochs: 4, hiddenUnits: 8 }, maxRetries: 0 },
      space: { learningRate: rate },
      objective: objective('dev.error'),
      scheduler: { kind: 'asha', minResource: 2, maxResource: 4, eta: 2 },
      stop: { maxTrials: 2 },
      parallelism: 1,
    });
    expect(trials.map(({ step, status }) => [step, status]).sort()).toEqual([
      [2, 'pruned'],
      [4, 'completed'],
    ]);
    expect(ended.best?.value).toBeLessThan(0.4);
  });

  test.skipIf(pythonWith('tensorflow') === undefined)("the notes' quadratic in TensorFlow", async () => {
    const { ended } = await run({
      trainer: { kind: 'command', program: 'tensorflow', params: { steps: 1000 }, maxRetries: 0 },
      space: { learningRate: rate },
      objective: objective('cost'),
      stop: { maxTrials: 1 },
    });
    expect(ended.best?.value).toBeLessThan(5);
  });
});
