import { runSql } from '@caviar/testing';
import { body } from '../wire.js';
import type { Answer } from './instance.js';
import { anyFinish } from './outside.js';
import { metricsAt, STEPS } from './specs.js';
import { allTrials, call, type Lease, must, searchOf, type World } from './world.js';

/** What may be answered to calls that run into each other; nothing is ever the service's fault. */
const EXPECTED = [200, 201, 409, 422];

/** Everybody does something at the same moment: nobody can say what comes of it, but what must always hold holds afterwards. */
export async function storm(world: World): Promise<void> {
  const { random, searchId, here } = world;
  const trials = await allTrials(world);
  const { spec } = await searchOf(world);
  const post = (url: string, payload?: object) => call(world, 'POST', url, payload);
  const calls: (() => Promise<unknown>)[] = [];
  const names: string[] = [];
  for (let i = random.int(4, 12); i > 0; i--) {
    const lease = world.leases.length === 0 ? null : random.pick(world.leases.slice(-8));
    const trial = trials.length === 0 ? null : random.pick(trials);
    const what = random.weighted({
      ask: 6,
      finish: lease === null ? 0 : 5,
      measure: lease === null ? 0 : 4,
      trial: trial === null ? 0 : 3,
      search: 1,
      patch: 1,
      add: spec.scheduler.kind === 'fifo' ? 1 : 0,
      reconcile: 1,
    });
    names.push(what);
    if (what === 'ask') {
      const request = {
        count: random.int(1, 4),
        ...(random.chance(0.5) && { worker: random.pick(['gpu-1', 'gpu-2']) }),
      };
      calls.push(async () => {
        const answer = await post(`/v1/searches/${searchId}/ask`, { ...request, leaseMs: 600_000 });
        for (const { id: trialId, number, leaseToken, params } of body(answer, 'ask').trials)
          world.leases.push({ trialId, number, leaseToken, params, attempt: attemptOf(leaseToken) });
        return answer;
      });
    } else if (what === 'finish') {
      const request = { leaseToken: lease!.leaseToken, ...anyFinish(world, lease!, STEPS) };
      calls.push(() => post(`/v1/trials/${lease!.trialId}/finish`, request));
    } else if (what === 'measure') {
      const step = random.int(1, STEPS);
      const request = { leaseToken: lease!.leaseToken, step, metrics: metricsAt(lease!.params, step) };
      calls.push(() => post(`/v1/trials/${lease!.trialId}/measurements`, request));
    } else if (what === 'trial') {
      const verb = random.weighted({ pause: 2, resume: 3, cancel: 0.5 });
      if (verb === 'resume') world.extra++;
      calls.push(() => post(`/v1/trials/${trial!.id}/${verb}`));
    } else if (what === 'search') {
      const verb = random.pick(['pause', 'resume', 'resume']);
      calls.push(() => post(`/v1/searches/${searchId}/${verb}`));
    } else if (what === 'patch') {
      const parallelism = random.int(1, 8);
      world.maxParallelism = Math.max(world.maxParallelism, parallelism);
      calls.push(() => call(world, 'PATCH', `/v1/searches/${searchId}`, { parallelism }));
    } else if (what === 'add') {
      world.extra++;
      calls.push(() =>
        post(`/v1/searches/${searchId}/trials`, { trials: [{ params: { x: 0.5, units: 3, optimizer: 'gd' } }] }),
      );
    } else {
      calls.push(async () => {
        await here.container.reconcile();
      });
    }
  }
  world.log.push(`storm: ${names}`);
  const answers = await Promise.all(random.shuffled(calls).map((one) => one()));
  for (const answer of answers as (Answer | undefined)[]) {
    if (answer !== undefined)
      must(EXPECTED.includes(answer.statusCode), 'not to be expected', answer.statusCode, answer.json());
  }
  await forgetPredictions(world);
}

function attemptOf(leaseToken: string): Lease['attempt'] {
  return (JSON.parse(Buffer.from(leaseToken, 'base64url').toString()) as number[])[3]!;
}

/** What was predicted of trials may have come otherwise: it is read anew. */
async function forgetPredictions(world: World): Promise<void> {
  world.finishes.clear();
  world.wishes.clear();
  world.failures.clear();
  world.left.clear();
  const rows = await runSql(
    world.databaseUrl,
    `SELECT id, failures, pause_requested, cancel_requested, attempt, status <> 'running' AND lease_expires_at IS NOT NULL AS leased
      FROM trials WHERE search_id = '${world.searchId}'`,
  );
  for (const row of rows) {
    const id = String(row['id']);
    world.failures.set(id, Number(row['failures']));
    if (row['leased'] === true) world.left.set(id, Number(row['attempt']));
    if (row['cancel_requested'] === true) world.wishes.set(id, 'cancel');
    else if (row['pause_requested'] === true) world.wishes.set(id, 'pause');
    const { items } = body(await call(world, 'GET', `/v1/trials/${id}/measurements`), 'getMeasurements');
    world.curves.set(id, new Map(items.map(({ step, metrics }) => [step, metrics])));
  }
}
