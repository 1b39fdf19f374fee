import { execFileSync, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type FollowedEvent } from '@caviar/client';
import { migrate, repositoryRoot } from '@caviar/local';
import { createTestDatabase, runSql, startTestRedis, temporaryFolder } from '@caviar/testing';
import { expect, test } from 'vitest';
import { type FleetOptions, startFleet } from './support/fleet.js';

/** A build of the first night whose tables an upgrade need not stop for (docs/operations.md, Upgrades). */
const OLD = '185e32a';

const root = repositoryRoot();
const hasOld = spawnSync('git', ['cat-file', '-e', `${OLD}^{commit}`], { cwd: root }).status === 0;

/** Built from history, as whoever installed it then had it. */
function buildOld(): string {
  const folder = `${temporaryFolder('old-release')}/caviar`;
  execFileSync('git', ['clone', '--quiet', '--shared', '--no-checkout', root, folder]);
  execFileSync('git', ['checkout', '--quiet', OLD], { cwd: folder });
  execFileSync(process.execPath, ['scripts/caviar.mjs', 'build'], { cwd: folder, stdio: 'ignore' });
  return folder;
}

function scriptsOf(folder: string): NonNullable<FleetOptions['scripts']> {
  return { api: `${folder}/apps/api/dist/server.js`, worker: `${folder}/apps/worker/dist/main.js` };
}

const mlp = (epochs: number) => ({ kind: 'mlp' as const, dataset: 'digits', params: { epochs, hiddenUnits: 32 } });
const space = { learningRate: { kind: 'float' as const, min: 1e-4, max: 1, scale: 'log' as const } };
const SPECS = {
  ended: { trainer: mlp(2), space, stop: { maxTrials: 4 }, seed: 1 },
  tpe: { trainer: mlp(40), space, sampler: { kind: 'tpe' as const }, stop: { maxTrials: 16 }, parallelism: 2, seed: 2 },
  asha: {
    trainer: mlp(64),
    space,
    scheduler: { kind: 'asha' as const },
    stop: { maxTrials: 24 },
    parallelism: 4,
    seed: 3,
  },
  pbt: {
    trainer: mlp(60),
    space,
    scheduler: { kind: 'pbt' as const, population: 4, interval: 10 },
    stop: { maxTrials: 4 },
    seed: 4,
  },
  paused: { trainer: mlp(2_000), space, stop: { maxTrials: 2 }, seed: 5 },
};

test.skipIf(!hasOld)(
  'a database of an older release, under its APIs and workers, goes on under those of this one',
  async () => {
    const folder = buildOld();
    const [database, redis] = await Promise.all([createTestDatabase(), startTestRedis()]);
    await runSql(database.url, 'DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    execFileSync(process.execPath, ['scripts/caviar.mjs', 'db:migrate'], {
      cwd: folder,
      env: { ...process.env, DATABASE_URL: database.url, CAVIAR_HOME: temporaryFolder('old-home') },
      stdio: 'ignore',
    });
    const options = {
      servers: { databaseUrl: database.url, redisUrl: redis.url },
      env: { CAVIAR_LEASE_MS: '2000', LOG_LEVEL: 'warn' },
    };
    const old = await startFleet({ ...options, scripts: scriptsOf(folder) });
    const present = await startFleet(options);
    try {
      const [oldApi, killed] = await Promise.all([old.addApi(), old.addWorker(), old.addWorker()]);
      const before = createClient({ baseUrl: oldApi.url });
      const ids = {} as Record<keyof typeof SPECS, string>;
      const post = async (name: keyof typeof SPECS) => (ids[name] = (await before.createSearch(SPECS[name])).id);
      await post('ended');
      for await (const _ of before.followEvents(ids.ended, { after: '0' }));
      const boardBefore = await before.leaderboard(ids.ended);
      await post('paused');
      while (((await before.listTrials(ids.paused)).items[0]?.step ?? 0) < 20) await sleep(50);
      await before.pauseSearch(ids.paused);
      for (const name of ['tpe', 'asha', 'pbt'] as const) await post(name);
      const heard: FollowedEvent[] = [];
      const followed = (async () => {
        for await (const event of before.followEvents(ids.tpe, { after: '0' })) heard.push(event);
      })();
      while ((await before.getSearch(ids.tpe)).progress.completed < 2) await sleep(20);

      await migrate({ databaseUrl: database.url });
      await killed.kill(); // in the middle of a trial
      const [api] = await Promise.all([present.addApi(), present.addWorker()]);
      const client = createClient({ baseUrl: api.url });
      await client.resumeSearch(ids.paused);
      await followed; // at the old API, which knows what is told
      for (const name of ['asha', 'pbt', 'paused'] as const)
        for await (const _ of client.followEvents(ids[name], { after: '0' }));
      await old.stop();

      const after = await client.leaderboard(ids.ended);
      expect(after?.board.entries).toEqual(boardBefore?.board.entries);
      const all: FollowedEvent[] = [];
      for await (const event of client.followEvents(ids.tpe, { after: '0' })) all.push(event);
      expect(heard).toEqual(all.slice(0, heard.length));
      for (const name of Object.keys(SPECS) as (keyof typeof SPECS)[]) {
        const { id } = await client.createSearch(SPECS[name]); // undisturbed
        for await (const _ of client.followEvents(id, { after: '0' }));
        const results = (searchId: string) =>
          runSql(
            database.url,
            `SELECT t.number, t.status, t.params, t.value, t.step,
             array_agg((m.metrics->>'dev.loss') ORDER BY m.step) AS losses
           FROM trials t LEFT JOIN measurements m ON m.trial_id = t.id
           WHERE t.search_id = '${searchId}' GROUP BY t.id ORDER BY t.number`,
          );
        expect(await results(ids[name])).toEqual(await results(id));
      }
      const rerun = await client.getSearch(ids.paused);
      expect(rerun).toMatchObject({ status: 'completed', progress: { completed: 2, failed: 0 } });
    } finally {
      await Promise.all([old.stop().catch(() => {}), present.stop()]);
      await redis.stop();
      await database.drop();
    }
  },
);
