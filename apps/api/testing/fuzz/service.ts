import { readdir } from 'node:fs/promises';
import { consumeTasks } from '@caviar/queue';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { expect } from 'vitest';
import { ownTemporaryFolder } from '../own-temporary-folder.js';
import { createTestApp, type TestApp } from '../test-app.js';
import { body, quadraticSpec } from '../wire.js';

export interface FuzzedService extends TestApp {
  readonly adminKey: string;
  /** The folder for what is on its way. */
  readonly temporary: string;
}

/** A service with keys that listens; nothing trains, and what workers are asked to compute is refused. */
export async function createFuzzedService(): Promise<FuzzedService> {
  const adminKey = 'an-admin-of-the-settings';
  const temporary = await ownTemporaryFolder();
  const redis = testRedis();
  const service = await createTestApp(
    { database: await createTestDatabase(), redis },
    { apiKeys: [adminKey], quotas: { searches: 1_000, trialsInFlight: 2_000, dataBytes: 2 ** 20 } },
  );
  const tasks = consumeTasks({
    ...redis,
    logger: service.container.logger,
    handle: async () => ({ kind: 'refused', path: [], message: 'is not computed here' }),
  });
  await service.app.listen({ host: '127.0.0.1', port: 0 });
  return {
    ...service,
    adminKey,
    temporary,
    async close() {
      await tasks.close();
      await service.close();
    },
  };
}

/** Fails when the service is not what it was: a fault was logged, a prototype was changed, an upload lies about, a search does not come to its end. */
export async function expectToWork({ app, worker, log, adminKey, temporary }: FuzzedService): Promise<void> {
  expect(log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  await expect.poll(() => readdir(temporary)).toEqual([]);
  const headers = { authorization: `Bearer ${adminKey}` };
  const payload = { ...quadraticSpec, stop: { maxTrials: 3 } };
  const { id } = body(await app.inject({ method: 'POST', url: '/v1/searches', headers, payload }), 'createSearch');
  await worker.finish(id, ({ number }) => [{ cost: 3 - number }]);
  const board = body(await app.inject({ url: `/v1/searches/${id}/leaderboard`, headers }), 'getLeaderboard');
  expect(board.entries.map(({ number, value }) => [number, value])).toEqual([
    [2, 1],
    [1, 2],
    [0, 3],
  ]);
}
