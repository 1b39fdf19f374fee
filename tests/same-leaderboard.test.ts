import type { SearchSpecInput } from '@caviar/spec';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULTS, reproducible, type Stack, startStack } from './support/stack.js';

/** Everything that draws random numbers in a trial: split, first weights, order of the examples, dropout. */
const SPEC: SearchSpecInput = {
  ...DEFAULTS,
  trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 3, keepProb: 0.8 }, maxRetries: 0 },
  space: {
    learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
    hiddenUnits: { kind: 'int', min: 4, max: 32, scale: 'log' },
    optimizer: { kind: 'categorical', choices: ['gd', 'momentum', 'adam'] },
    beta1: { kind: 'float', min: 0.9, max: 0.999, scale: 'oneMinusLog', when: { optimizer: ['momentum', 'adam'] } },
  },
  sampler: { kind: 'coarse-to-fine', rounds: 3, shrink: 0.4, top: 0.2, base: 'random' },
  stop: { maxTrials: 24 },
  seed: 11,
};

// The same two sets of workers carry out one search after the other: starting them takes longer than most searches here.
const stacks: Stack[] = [];
beforeAll(async () => {
  for (const workers of [1, 4]) stacks.push(await startStack({ workers }));
});
afterAll(async () => {
  await Promise.all(stacks.map((stack) => stack.stop()));
});

async function runWith(workers: 1 | 4, spec: SearchSpecInput): Promise<unknown> {
  const stack = stacks.find((each) => each.workers.length === workers)!;
  const { search } = await stack.orchestrator.createSearch(spec, {});
  const { status, progress } = await stack.finished(search.id);
  expect(status).toBe('completed');
  expect(progress.completed + progress.infeasible).toBe(progress.total);
  return reproducible(stack, search.id);
}

describe('the number of workers', () => {
  test('changes nothing in an adaptive search, bit for bit', async () => {
    const alone = await runWith(1, SPEC);
    expect(await runWith(4, SPEC)).toEqual(alone);
    // The comparison has teeth: another seed gives another board.
    expect(await runWith(4, { ...SPEC, seed: 12 })).not.toEqual(alone);
  });

  test.each([{ kind: 'tpe', startup: 4, candidates: 24 } as const, { kind: 'gp', startup: 4 } as const])(
    'changes nothing in a search that learns from every outcome by $kind',
    async (sampler) => {
      const spec: SearchSpecInput = {
        ...SPEC,
        trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 1 }, maxRetries: 0 },
        sampler,
        stop: { maxTrials: 14 },
        parallelism: 4,
      };
      expect(await runWith(4, spec)).toEqual(await runWith(1, spec));
    },
  );

  test('changes nothing in a search that ends at a target value', async () => {
    const spec: SearchSpecInput = {
      ...DEFAULTS,
      trainer: { kind: 'quadratic', params: {}, maxRetries: 0 },
      space: { learningRate: { kind: 'float', min: 1e-6, max: 1, scale: 'log' } },
      sampler: { kind: 'random' },
      stop: { maxTrials: 200, targetValue: 1e-12 },
      seed: 5,
    };
    expect(await runWith(4, spec)).toEqual(await runWith(1, spec));
  });
});
