import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createClient, type FollowedEvent } from '@caviar/client';
import { migrate } from '@caviar/local';
import { reconcile } from '@caviar/orchestrator';
import type { SearchSpecInput } from '@caviar/spec';
import { startTestPostgres } from '@caviar/testing';
import { expect, test } from 'vitest';
import { startFleet } from './support/fleet.js';
import { replayedCurve, storedCurve } from './support/replay.js';
import { allTrials, DEFAULTS, startStack } from './support/stack.js';

/** Two trials that are far from their end when they are seen under way. */
const SPEC: SearchSpecInput = {
  ...DEFAULTS,
  trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 600, batchSize: 32, keepProb: 0.9 }, maxRetries: 0 },
  space: { learningRate: { kind: 'float', min: 1e-3, max: 1e-2, scale: 'log' } },
  sampler: { kind: 'random' },
  stop: { maxTrials: 2 },
  seed: 4,
};

test('everything is killed at once and started again: trials go on from their checkpoints, to the same bits', async () => {
  const server = await startTestPostgres();
  await migrate({ databaseUrl: server.url });
  const stack = await startStack({ workers: 2, databaseUrl: server.url, leaseMs: 1_000, checkpointMs: 100 });
  const fleet = await startFleet({ servers: { databaseUrl: server.url, redisUrl: stack.redisUrl } });
  const api = await fleet.addApi();
  const client = createClient({ baseUrl: api.url });
  const search = await client.createSearch(SPEC);
  const events: FollowedEvent[] = [];
  const following = (async () => {
    for await (const event of client.followEvents(search.id, { after: '0' })) events.push(event);
  })();
  const ids = await stack.until(async () => {
    const trials = await allTrials(stack, search.id);
    const left = await Promise.all(trials.map(({ id }) => stack.checkpointsOf(id)));
    return trials.length === 2 && left.every(({ length }) => length > 0) && trials.map(({ id }) => id);
  });
  await client.editTrial(ids[0]!, { learningRate: 0.003 });

  const gone = stack.workers.map((worker) => once(worker, 'exit'));
  for (const worker of stack.workers) worker.kill('SIGKILL');
  await Promise.all([...gone, api.kill(), server.kill(), stack.killRedis()]);
  const again = await startTestPostgres({ folder: server.folder, port: server.port });
  await stack.loseRedis(0);
  await stack.until(() =>
    reconcile(stack.deps).then(
      () => true,
      () => false,
    ),
  );
  const left = await Promise.all(ids.map((id) => stack.checkpointsOf(id)));
  const { port } = new URL(api.url);
  await Promise.all([fleet.addApi({ PORT: port }), stack.addWorker(), stack.addWorker()]);

  const { status, progress } = await stack.finished(search.id);
  expect([status, progress.completed]).toEqual(['completed', 2]);
  for (const [i, id] of ids.entries()) {
    expect(left[i]!.length).toBeGreaterThan(0);
    expect((await stack.orchestrator.getTrial(id)).attempts).toBe(2);
    expect(await storedCurve(stack, id)).toEqual(await replayedCurve(stack, id));
  }
  expect((await stack.orchestrator.trialEdits(ids[0]!))[0]).toMatchObject({
    state: 'applied',
    params: { learningRate: 0.003 },
  });
  // Who followed it through all this has heard all there is, each once, in its order; and the trial that was edited says so.
  await following;
  const all: FollowedEvent[] = [];
  for await (const event of client.followEvents(search.id, { after: '0' })) all.push(event);
  expect(events).toEqual(all.slice(0, events.length));
  expect(events.at(-1)?.event).toMatchObject({ kind: 'search', status: 'completed' });
  const edits = events.flatMap(({ event }) => (event.kind === 'edit' ? [event] : []));
  expect(edits.map(({ state, by }) => [state, by])).toEqual([
    ['pending', 'operator'],
    ['applied', 'operator'],
  ]);
  await fleet.stop();
  await stack.stop();
  await again.stop();
  await rm(server.folder, { recursive: true, force: true });
}, 300_000);
