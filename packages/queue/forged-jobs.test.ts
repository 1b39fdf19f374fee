import { Queue as BullQueue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULTS, type Stack, startStack } from '../../tests/support/stack.js';
import { DEFAULT_PREFIX } from './connection.js';
import { TRIAL_QUEUE } from './jobs.js';

// Whoever can write to Redis can put anything on the queue: a real worker meets it, and goes by the database alone.
let stack: Stack;
const connections: Redis[] = [];
let redis: Redis;
let trials: BullQueue;
let tasks: BullQueue;
beforeAll(async () => {
  stack = await startStack({ workers: 1 });
  const connect = () => {
    const connection = new Redis(stack.redisUrl, { maxRetriesPerRequest: null });
    connections.push(connection);
    return connection;
  };
  redis = connect();
  trials = new BullQueue(TRIAL_QUEUE, { connection: connect(), prefix: DEFAULT_PREFIX });
  tasks = new BullQueue('tasks', { connection: connect(), prefix: DEFAULT_PREFIX });
});
afterAll(async () => {
  await trials.close();
  await tasks.close();
  for (const connection of connections) connection.disconnect();
  await stack.stop();
});

const SPEC = {
  ...DEFAULTS,
  trainer: { kind: 'quadratic', params: { steps: 20 }, maxRetries: 0 },
  sampler: { kind: 'random' },
  space: { learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' } },
  stop: { maxTrials: 10 },
  seed: 3,
} as const;

/** A search of everyday comes to its end: the worker lives and works. */
async function expectToWork(): Promise<void> {
  const { search } = await stack.orchestrator.createSearch(SPEC, {});
  const { progress } = await stack.finished(search.id);
  expect(progress.completed).toBe(10);
  expect(stack.workers[0]?.exitCode).toBeNull();
}

const polluted = JSON.parse('{"trialIds":["x"],"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');

describe('forged jobs', () => {
  test.each<[string, unknown]>([
    ['nothing', {}],
    ['null', null],
    ['a text', 'trials'],
    ['unknown ids', { trialIds: ['trl_none', 'srch_x', ''] }],
    ['ids that are none', { trialIds: ['\u0000', "'; DROP TABLE trials; --", 'x'.repeat(1000), '\ud800'] }],
    ['ids of another type', { trialIds: [1, null, {}, ['x']] }],
    ['too many ids', { trialIds: Array.from({ length: 5_000 }, (_, i) => `trl_${i}`) }],
    ['a spec and params of its own', { trialIds: ['trl_none'], spec: { trainer: { kind: 'command', program: 'sh' } } }],
    ['a polluted prototype', polluted],
    ['20 MB', { trialIds: ['x'.repeat(20_000_000)] }],
  ])('of %s do no harm', async (_, data) => {
    for (const name of ['train', '__proto__', 'x']) await trials.add(name, data);
    await expectToWork();
    // None is kept, whatever its own options say.
    await expect
      .poll(() => trials.getJobCounts('waiting', 'active', 'failed', 'completed'))
      .toEqual({
        waiting: 0,
        active: 0,
        failed: 0,
        completed: 0,
      });
  });

  test('that are no JSON do no harm', async () => {
    const key = `${DEFAULT_PREFIX}:${TRIAL_QUEUE}`;
    await redis.hset(`${key}:bad-1`, { name: 'train', data: '{"trialIds":', opts: 'null', timestamp: 'x' });
    await redis.lpush(`${key}:wait`, 'bad-1', 'gone-1');
    await expectToWork();
  });

  test('cannot take what is not for workers: paused searches, ended trials, trials of code outside', async () => {
    const external = { ...SPEC, trainer: { kind: 'external', params: {}, maxRetries: 0 } } as const;
    const objective = { metric: 'cost', direction: 'minimize' } as const;
    const { search } = await stack.orchestrator.createSearch({ ...external, objective }, {});
    const { search: ended } = await stack.orchestrator.createSearch(SPEC, {});
    await stack.finished(ended.id);
    const idsOf = async (id: string) =>
      (await stack.orchestrator.listTrials(id, { limit: 10 })).items.map((trial) => trial.id);
    await stack.orchestrator.external.addTrials(search.id, [{ params: { learningRate: 0.5 } }]);
    const trialIds = [...(await idsOf(search.id)), ...(await idsOf(ended.id))];
    expect(trialIds.length).toBeGreaterThan(10);
    await trials.add('train', { trialIds });
    await expectToWork();
    const { items } = await stack.orchestrator.listTrials(search.id, { limit: 10 });
    for (const trial of items) expect([trial.status, trial.attempts]).toEqual(['queued', 0]);
    for (const trial of (await stack.orchestrator.listTrials(ended.id, { limit: 10 })).items) {
      expect([trial.status, trial.attempts]).toEqual(['completed', 1]);
    }
  });
});

describe('forged tasks', () => {
  test.each<[string, unknown]>([
    ['nothing', {}],
    ['null', null],
    ['an unknown kind', { kind: 'shell', command: 'rm -rf /' }],
    ['a search that is none', { kind: 'test-evaluation', searchId: 'srch_none' }],
    ['an id that is none', { kind: 'test-evaluation', searchId: '\u0000' }],
    ['no request', { kind: 'gradient-check' }],
    ['an odd request', { kind: 'gradient-check', request: { dataset: '../../etc/passwd', params: { epochs: 1e9 } } }],
    [
      'a polluted prototype',
      JSON.parse('{"kind":"gradient-check","__proto__":{"polluted":1},"request":{"__proto__":{}}}'),
    ],
  ])('of %s do no harm', async (_, data) => {
    await tasks.add('gradient-check', data);
    await expectToWork();
    await expect
      .poll(() => tasks.getJobCounts('waiting', 'active', 'failed'))
      .toEqual({
        waiting: 0,
        active: 0,
        failed: 0,
      });
  });
});
