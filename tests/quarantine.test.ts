import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULTS, type Stack, startStack } from './support/stack.js';

const folder = mkdtempSync(join(tmpdir(), 'caviar-quarantine-'));

/** A file that registers the program `train`, as one machine has it. */
function programs(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ programs: { train: { argv: [process.execPath, '-e', script] } } }));
  return path;
}
const good = programs(
  'good.json',
  `setTimeout(() => console.log(JSON.stringify({ step: 1, metrics: { cost: 1 } })), 100)`,
);
const broken = programs('broken.json', `console.error('no such device'); process.exit(1)`);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ workers: 0, programsFile: good });
});
afterAll(async () => {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a machine where every trial fails gets none for a while, and the search does not suffer', async () => {
  const { orchestrator } = stack;
  await Promise.all([
    stack.addWorker({ CAVIAR_HOST: 'sound' }),
    stack.addWorker({ CAVIAR_HOST: 'broken', CAVIAR_PROGRAMS: broken }),
  ]);
  const { search } = await orchestrator.createSearch(
    {
      ...DEFAULTS,
      trainer: { kind: 'command', program: 'train', params: {}, maxRetries: 50 },
      space: { x: { kind: 'float', min: 0, max: 1, scale: 'linear' } },
      objective: { metric: 'cost', direction: 'minimize' },
      sampler: { kind: 'random' },
      stop: { maxTrials: 10_000 },
    },
    {},
  );
  const found = await stack.until(async () => {
    const { items } = await orchestrator.listWorkers({ limit: 10 });
    return items.find(({ quarantine }) => quarantine !== null);
  });
  expect(found.host).toBe('broken');
  expect(found.quarantine?.reason).toMatch(/failed or were lost here/);
  expect(found.quarantine!.until.getTime()).toBeGreaterThan(Date.now());
  const { progress } = await orchestrator.getSearch(search.id);
  expect(progress).toMatchObject({ failed: 0 });
  expect(progress.completed).toBeGreaterThan(0);
  await orchestrator.releaseWorker(found.id);
  const { items } = await orchestrator.listWorkers({ limit: 10 });
  expect(items.find(({ id }) => id === found.id)?.quarantine).toBeNull();
  await orchestrator.cancelSearch(search.id);
});
