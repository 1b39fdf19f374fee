import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient, type FollowedEvent } from '@caviar/client';
import { runSql, temporaryFolder } from '@caviar/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, type Fleet, type Program, startFleet } from './support/fleet.js';

// Two APIs and two workers, each with a clock that is hours wrong, ahead or behind. Postgres' clock is right, and all go by it.

const HOUR_MS = 3_600_000;
const SHIFTS = { apis: [2 * HOUR_MS, -3 * HOUR_MS], workers: [5 * HOUR_MS, -1.5 * HOUR_MS] };
/** Less than any of them, and longer than the tests take. */
const RIGHT_TO_WITHIN_MS = HOUR_MS;

const folder = temporaryFolder('clocks');
/** `once` fails the first time it is run with an x; `slow` takes a while. */
const PROGRAMS = {
  once: `test -e "$PWD/$1" || { : > "$PWD/$1"; exit 1; }; echo '{"metrics": {"cost": 1}}'`,
  slow: `sleep 1.5; echo '{"metrics": {"cost": 1}}'`,
};
const programs = Object.fromEntries(
  Object.entries(PROGRAMS).map(([name, script]) => [
    name,
    { argv: ['sh', '-c', script, 'program'], input: 'flags', env: ['PATH'] },
  ]),
);
writeFileSync(join(folder, 'programs.json'), JSON.stringify({ programs }));

let fleet: Fleet;
let apis: readonly Api[];
let workers: readonly Program[];
beforeAll(async () => {
  fleet = await startFleet({
    env: {
      NODE_OPTIONS: `--import=${new URL('support/shifted-clock.mjs', import.meta.url).href}`,
      CAVIAR_LEASE_MS: '1000',
      CAVIAR_PROGRAMS: join(folder, 'programs.json'),
      CAVIAR_WEBHOOKS: 'any',
    },
  });
  const shifted = (ms: number) => ({ CLOCK_SHIFT_MS: String(ms) });
  [apis, workers] = await Promise.all([
    Promise.all(SHIFTS.apis.map((ms) => fleet.addApi(shifted(ms)))),
    Promise.all(SHIFTS.workers.map((ms) => fleet.addWorker(shifted(ms)))),
  ]);
});
afterAll(() => fleet.stop());

const clientOf = (index: number) => createClient({ baseUrl: apis[index]!.url });
const SPEC = {
  trainer: { kind: 'quadratic', params: {} },
  space: { learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' } },
} as const;
const command = (program: string, maxTrials: number): Parameters<Client['createSearch']>[0] => ({
  trainer: { kind: 'command', program, params: {}, maxRetries: 2 },
  space: { x: { kind: 'float', min: 0, max: 1, scale: 'linear' } },
  objective: { metric: 'cost', direction: 'minimize' },
  stop: { maxTrials },
  parallelism: 2,
});

async function ended(id: string) {
  for (;;) {
    const search = await clientOf(1).getSearch(id);
    if (search.status !== 'running') return search;
    await sleep(100);
  }
}
/** Whether a time is that of this machine, whose clock is right. */
function expectRight(time: string | null | undefined): void {
  expect(Math.abs(Date.parse(time!) - Date.now())).toBeLessThan(RIGHT_TO_WITHIN_MS);
}

describe('with clocks that are hours wrong', () => {
  test('a search runs, and every time that is told is right', async () => {
    const heard: { readonly signature: string; readonly body: string }[] = [];
    const receiver = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      heard.push({ signature: String(request.headers['caviar-signature']), body });
      response.end();
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const { id } = await clientOf(0).createSearch({ ...SPEC, stop: { maxTrials: 20 }, parallelism: 2 });
    const { secret } = await clientOf(1).createWebhook(id, { url, events: ['search.completed'] });
    const events: FollowedEvent['event'][] = [];
    for await (const { event } of clientOf(1).followEvents(id)) events.push(event);
    const search = await ended(id);
    expect(search).toMatchObject({ status: 'completed', progress: { completed: 20 } });
    for (const time of [search.createdAt, search.startedAt, search.endedAt]) expectRight(time);
    for (const { at } of events) expectRight(at);
    const { items } = await clientOf(0).listWorkers();
    expect(items.map(({ status }) => status)).toEqual(['active', 'active']);
    for (const { lastSeenAt } of items) expectRight(lastSeenAt);

    while (heard.length === 0) await sleep(50);
    receiver.close();
    const [, t, hex] = /^t=(\d+),v1=(\w+)$/.exec(heard[0]!.signature) ?? [];
    // As a receiver checks it (docs/operations.md): one that is old is refused.
    expect(Math.abs(Date.now() / 1000 - Number(t))).toBeLessThan(300);
    expect(createHmac('sha256', secret).update(`${t}.${heard[0]!.body}`).digest('hex')).toBe(hex);

    const metrics = await (await fetch(`${apis[1]!.url}/metrics`)).text();
    const metricOf = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
    expect(metricOf('caviar_workers_active')).toBe(2);
    expect(metricOf('caviar_event_lag_seconds_count')).toBeGreaterThan(0);
    expect(metricOf('caviar_event_lag_seconds_sum')).toBeLessThan(HOUR_MS / 1000);
  });

  test('a failed attempt is repeated after its pause, by the clock of nobody', async () => {
    const { id } = await clientOf(0).createSearch(command('once', 2));
    expect(await ended(id)).toMatchObject({ status: 'completed', progress: { completed: 2 } });
    const { items } = await clientOf(0).listTrials(id);
    expect(items.map(({ attempts }) => attempts)).toEqual([2, 2]);
  });

  test('code outside is handed a trial by one API, and brings it back to another', async () => {
    const { id } = await clientOf(0).createSearch({
      trainer: { kind: 'external' },
      space: SPEC.space,
      objective: { metric: 'loss', direction: 'minimize' },
      stop: { maxTrials: 2 },
    });
    const { trials } = await clientOf(0).ask(id, { count: 2, worker: 'outside', leaseMs: 2_000 });
    const [one, two] = trials;
    expectRight(one!.leaseExpiresAt);
    // Longer than its lease: it is held by signs of life alone, and nobody's clock ends it before.
    const began = performance.now();
    while (performance.now() - began < 2_400) {
      await sleep(300);
      expect(await clientOf(1).heartbeat(one!.id, one!.leaseToken)).toMatchObject({ decision: 'continue' });
    }
    await clientOf(1).addMeasurement(one!.id, { leaseToken: one!.leaseToken, step: 1, metrics: { loss: 2 } });
    const finish = { leaseToken: one!.leaseToken, status: 'completed' as const, step: 2, metrics: { loss: 1 } };
    const finished = await clientOf(1).finishTrial(one!.id, finish);
    const curve = (await clientOf(0).measurements(one!.id)).items;
    for (const ms of [finished.durationMs, ...curve.map(({ elapsedMs }) => elapsedMs)]) {
      expect(ms).toBeGreaterThanOrEqual(2_300);
      expect(ms).toBeLessThan(RIGHT_TO_WITHIN_MS);
    }
    // The other one fell silent, and is handed out again.
    let again = await clientOf(1).ask(id, { worker: 'another', leaseMs: 60_000 });
    while (again.trials.length === 0) {
      await sleep(200);
      again = await clientOf(1).ask(id, { worker: 'another', leaseMs: 60_000 });
    }
    expect(again.trials[0]).toMatchObject({ id: two!.id });
    await clientOf(1).finishTrial(two!.id, {
      leaseToken: again.trials[0]!.leaseToken,
      status: 'completed',
      metrics: { loss: 3 },
    });
    expect(await ended(id)).toMatchObject({ status: 'completed', progress: { completed: 2 } });
  });

  test('the trial of a worker that is killed goes on elsewhere when its lease is over, not hours later', async () => {
    const { id } = await clientOf(1).createSearch(command('slow', 2));
    const [lost] = workers;
    while ((await clientOf(0).getSearch(id)).progress.running < 2) await sleep(50);
    await lost!.kill();
    expect(await ended(id)).toMatchObject({ status: 'completed', progress: { completed: 2 } });
    const { items } = await clientOf(0).listTrials(id);
    expect(items.map(({ attempts }) => attempts).sort()).toEqual([1, 2]);
    expect(items.map(({ workerId }) => workerId)[0]).toBe(items.map(({ workerId }) => workerId)[1]);
  });

  test('no time in the database is of a wrong clock', async () => {
    const admin = await clientOf(0).createKey({ name: 'one', role: 'read' });
    expectRight(admin.createdAt);
    const columns = await runSql(
      fleet.databaseUrl,
      `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
       WHERE table_schema = 'public' AND data_type = 'timestamp with time zone' AND table_name NOT LIKE '\\_prisma%'`,
    );
    expect(columns.length).toBeGreaterThan(20);
    const wrong = await Promise.all(
      columns.map(async ({ table, column }) => {
        const found = await runSql(
          fleet.databaseUrl,
          `SELECT '${table}.${column}' AS place, "${column}" AS time, now() AS now FROM "${table}"
           WHERE abs(extract(epoch FROM "${column}" - now())) > ${RIGHT_TO_WITHIN_MS / 1000}`,
        );
        return found.filter(({ time }) => (time as Date).getTime() > 0);
      }),
    );
    expect(wrong.flat()).toEqual([]);
  });
});
