import { createClient, everyItem, ProblemError } from '@caviar/client';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, expect, test } from 'vitest';
import { createTestApp } from './testing/test-app.js';
import { quadraticSpec } from './testing/wire.js';

const { app, worker, close } = await createTestApp(
  { database: await createTestDatabase(), redis: testRedis() },
  { apiKeys: ['k3y'] },
);
const baseUrl = await app.listen({ host: '127.0.0.1', port: 0 });
const client = createClient({ baseUrl, apiKey: 'k3y' });
afterAll(close);

test('the client follows a search from its spec to its end', async () => {
  const spec = { ...quadraticSpec, stop: { maxTrials: 6 }, parallelism: 2 };
  expect((await client.previewSearch(spec)).plan.trials).toBe(6);
  const { id } = await client.createSearch(spec, { idempotencyKey: 'client-1' });
  expect((await client.createSearch(spec, { idempotencyKey: 'client-1' })).id).toBe(id);

  const training = (async () => {
    for (let done = 0; done < 6; ) done += await worker.finish(id, ({ number }) => [{ cost: 9 }, { cost: 6 - number }]);
  })();
  const versions: number[] = [];
  let last: Awaited<ReturnType<typeof client.leaderboard>> | null = null;
  for await (const { board } of client.watchLeaderboard(id, { limit: 3 })) {
    versions.push(board.version);
    last = { board, etag: '' };
  }
  await training;
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  expect(last?.board.entries.map(({ number }) => number)).toEqual([5, 4, 3]);
  expect(last?.board.progress).toMatchObject({ total: 6, completed: 6 });
  expect(await client.getSearch(id)).toMatchObject({ status: 'completed', best: { number: 5, value: 1 } });

  const trials = [];
  for await (const trial of everyItem((cursor) => client.listTrials(id, { limit: 4, cursor }))) trials.push(trial);
  expect(trials.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5]);
  const trialId = trials[0]?.id ?? '';
  expect(await client.getTrial(trialId)).toEqual(trials[0]);
  expect((await client.measurements(trialId, { beta: 0.5 })).items).toMatchObject([
    { step: 1, smoothed: { cost: 9 } },
    { step: 2 },
  ]);
  expect((await new Response(await client.exportTrials(id, 'jsonl')).text()).trimEnd().split('\n')).toHaveLength(6);
  expect((await client.listSearches({ status: 'completed' })).items.map((search) => search.id)).toContain(id);
});

test('the client changes searches and trials', async () => {
  const { id } = await client.createSearch(quadraticSpec);
  expect((await client.patchSearch(id, { notes: 'mine' })).notes).toBe('mine');
  expect((await client.pauseSearch(id)).status).toBe('paused');
  expect((await client.resumeSearch(id)).status).toBe('running');
  const [trial] = (await client.listTrials(id, { limit: 1 })).items;
  expect((await client.cancelTrial(trial?.id ?? '')).status).toBe('cancelled');
  const tagged = await client.leaderboard(id);
  expect(await client.leaderboard(id, { etag: tagged?.etag })).toBeNull();
  expect((await client.cancelSearch(id)).status).toBe('cancelled');
  await client.deleteSearch(id);
  const error = await client.getSearch(id).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ProblemError);
  expect(error).toMatchObject({ code: 'search-not-found', status: 404 });
});

test('the client reads what there is to work with', async () => {
  expect((await client.listDatasets()).items.map(({ id }) => id)).toContain('digits');
  expect((await client.getDataset('digits')).features).toBe(64);
  expect((await client.listTrainers()).items.map(({ kind }) => kind)).toContain('mlp');
  await worker.heartbeat();
  expect((await client.listWorkers()).items.map(({ id }) => id)).toContain(worker.id);
  expect((await client.readiness()).status).toBe('ok');
  await expect(createClient({ baseUrl }).listWorkers()).rejects.toMatchObject({ code: 'unauthorized' });
});
