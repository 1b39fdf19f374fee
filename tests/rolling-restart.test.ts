import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type FollowedEvent } from '@caviar/client';
import { runSql } from '@caviar/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, type Fleet, type Program, startFleet } from './support/fleet.js';

let fleet: Fleet;
let apis: Api[];
let workers: Program[];
beforeAll(async () => {
  fleet = await startFleet();
  [apis, workers] = await Promise.all([
    Promise.all([fleet.addApi(), fleet.addApi()]),
    Promise.all([fleet.addWorker(), fleet.addWorker()]),
  ]);
});
afterAll(() => fleet.stop());

/** Statuses of all answers that were had. */
const statuses = new Map<number, number>();
let refused = 0;
let turn = 0;
/** A balancer that hands each request to the next API, and notices that one is gone when it is: by connections that are refused. */
const balanced: typeof fetch = async (input, init) => {
  const { pathname, search } = new URL(String(input));
  const { url } = apis[turn++ % apis.length]!;
  try {
    const response = await fetch(`${url}${pathname}${search}`, init);
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    return response;
  } catch (error) {
    refused++;
    throw error;
  }
};
const client = createClient({ baseUrl: 'http://balancer.test', fetch: balanced });

/** A new one first, then the old one goes, as Kubernetes does it. */
async function replace<P extends Program>(
  programs: P[],
  index: number,
  start: () => Promise<P>,
): Promise<number | null> {
  const old = programs[index]!;
  programs.push(await start());
  const code = await old.stop();
  programs.splice(index, 1);
  return code;
}

test('APIs and workers are replaced one by one, and nobody who is served by them notices', async () => {
  const { id } = await client.createSearch({
    trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 40, hiddenUnits: 32 }, maxRetries: 0 },
    space: { learningRate: { kind: 'float', min: 1e-4, max: 0.1, scale: 'log' } },
    stop: { maxTrials: 10_000 },
    parallelism: 4,
    seed: 4,
  });

  let isOver = false;
  const polled = (async () => {
    let last = 0;
    while (!isOver) {
      const { progress } = await client.getSearch(id);
      expect(progress.completed).toBeGreaterThanOrEqual(last);
      last = progress.completed;
      await client.leaderboard(id, { limit: 5 });
      await sleep(20);
    }
  })();
  const followed = (async () => {
    const events: FollowedEvent[] = [];
    for await (const event of client.followEvents(id, { after: '0' })) events.push(event);
    return events;
  })();

  while ((await client.getSearch(id)).progress.completed < 2) await sleep(50);
  const codes: (number | null)[] = [];
  for (let i = 0; i < 2; i++) {
    codes.push(await replace(apis, 0, () => fleet.addApi()));
    codes.push(await replace(workers, 0, () => fleet.addWorker()));
  }
  const { progress } = await client.getSearch(id);
  const made = progress.queued + progress.running + progress.paused + progress.completed;
  await client.patchSearch(id, { stop: { maxTrials: made + 4 } });
  const events = await followed;
  isOver = true;
  await polled;

  expect(codes).toEqual([0, 0, 0, 0]);
  const search = await client.getSearch(id);
  expect(search).toMatchObject({ status: 'completed', progress: { completed: made + 4, failed: 0, infeasible: 0 } });
  const trials = await runSql(
    fleet.databaseUrl,
    `SELECT t.number, t.attempt, t.losses, t.failures, count(m.step)::int AS measured
     FROM trials t JOIN measurements m ON m.trial_id = t.id GROUP BY t.id ORDER BY t.number`,
  );
  // Each was given back with a checkpoint, if it ran: nobody counts as lost, and no step was trained twice or left out.
  expect(trials).toEqual(
    Array.from({ length: made + 4 }, (_, number) => ({
      number,
      attempt: expect.any(Number),
      losses: 0,
      failures: 0,
      measured: 40,
    })),
  );
  expect(Math.max(...trials.map(({ attempt }) => attempt as number))).toBeGreaterThan(1);
  // Who followed has heard all that was written down, each once, in its order.
  const all: FollowedEvent[] = [];
  for await (const event of client.followEvents(id, { after: '0' })) all.push(event);
  expect(events).toEqual(all.slice(0, events.length));
  expect(events.at(-1)?.event).toMatchObject({ kind: 'search', status: 'completed' });
  expect([...statuses.keys()].filter((status) => status >= 400)).toEqual([]);
  expect(refused).toBeGreaterThanOrEqual(0);
});
