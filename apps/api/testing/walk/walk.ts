import { searchSpecInputSchema } from '@caviar/spec';
import type { TestApp } from '../test-app.js';
import { body } from '../wire.js';
import { check } from './check.js';
import type { Instance } from './instance.js';
import { anyFinish, ask, finish, heartbeat, measure, release, train } from './outside.js';
import { addTrials, changeSearch, changeTrial, editAndFork, expire, patch, retryNow } from './people.js';
import { Random } from './random.js';
import { checkEvents } from './read-events.js';
import { anySpec, metricsAt, STEPS } from './specs.js';
import { storm } from './storm.js';
import { reopen, takeToEnd } from './take-to-end.js';
import { call, type Lease, must, same, type World } from './world.js';

export interface Walk {
  readonly seed: number;
  /** What is done before the search is taken to its end. */
  readonly commands: number;
}

/** Lines that a failure shows of what was done. */
const TOLD = 60;

interface Service {
  /** Instances of the API on the same servers. */
  readonly instances: readonly Instance[];
  /** The one in this process. */
  readonly here: TestApp;
  readonly databaseUrl: string;
}

/**
 * The life of one search: workers and people do what they like, in any order, and after each few things all that must be true of
 * it is looked at. At last it is taken to its end, which it must come to.
 */
export async function walk(service: Service, { seed, commands }: Walk): Promise<number> {
  const random = new Random(seed);
  const spec = anySpec(random);
  const log: string[] = [];
  try {
    const world = await begin(service, { random, spec, log });
    for (let i = 0; i < commands; i++) {
      await step(world);
      if (i % 4 === 3) await check(world);
    }
    if (random.chance(0.5)) await checkEvents(world);
    await takeToEnd(world);
    await check(world);
    if (random.chance(0.3)) await reopen(world);
    await check(world);
    await checkEvents(world);
    await leave(world);
    return log.length;
  } catch (error) {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new Error(`seed ${seed}: ${JSON.stringify(spec)}\n${log.slice(-TOLD).join('\n')}\n${told}`);
  }
}

async function begin(
  { instances, here, databaseUrl }: Service,
  { random, spec, log }: { readonly random: Random; readonly spec: ReturnType<typeof anySpec>; readonly log: string[] },
): Promise<World> {
  const key = `walk-${random.next()}-${Date.now()}`;
  const post = () =>
    random.pick(instances).send({
      method: 'POST',
      url: '/v1/searches',
      headers: { 'idempotency-key': key },
      payload: spec,
    });
  const made = await Promise.all([post(), post(), post()]);
  const ids = new Set(made.map((answer) => body(answer, 'createSearch').id));
  if (ids.size !== 1) throw new Error(`one key made ${ids.size} searches`);
  if (made.filter(({ statusCode }) => statusCode === 201).length !== 1) throw new Error('not made once');
  const { sampler, stop, parallelism } = searchSpecInputSchema.parse(spec);
  return {
    random,
    instances,
    here,
    databaseUrl,
    searchId: [...ids][0]!,
    leases: [],
    ended: new Map(),
    curves: new Map(),
    wishes: new Map(),
    left: new Map(),
    finishes: new Map(),
    failures: new Map(),
    boards: new Map(),
    extra: 0,
    maxParallelism: parallelism,
    maxTrials: sampler.kind === 'grid' || stop.maxTrials === undefined ? Number.POSITIVE_INFINITY : stop.maxTrials,
    log,
  };
}

async function step(world: World): Promise<void> {
  const { random } = world;
  const lease = anyLease(world);
  const command = random.weighted({
    ask: 10,
    train: lease === null ? 0 : 14,
    measure: lease === null ? 0 : 6,
    heartbeat: lease === null ? 0 : 2,
    release: lease === null ? 0 : 1,
    finish: lease === null ? 0 : 8,
    crash: 1,
    burst: 2,
    storm: 2,
    restart: 0.5,
    expire: 1,
    retryNow: 1,
    pause: 1,
    resume: 2,
    cancel: 0.1,
    pauseTrial: 1,
    resumeTrial: 1.5,
    cancelTrial: 0.7,
    patch: 1,
    addTrials: 1,
    editAndFork: 0.2,
  });
  switch (command) {
    case 'ask':
      await ask(world);
      return;
    case 'train':
      return train(world, lease!);
    case 'measure':
      await measure(world, lease!, random.pick([0, 1, 2, 3, 5, STEPS, 2 ** 31 - 1]));
      return;
    case 'heartbeat':
      return heartbeat(world, lease!);
    case 'release':
      return release(world, lease!);
    case 'finish':
      return finish(world, lease!, anyFinish(world, lease!, random.int(1, STEPS)));
    case 'crash':
      world.leases.length = 0;
      return;
    case 'burst':
      return burst(world);
    case 'storm':
      return storm(world);
    case 'restart':
      return restart(world);
    case 'expire':
      return expire(world, random.pick([0.3, 1]));
    case 'retryNow':
      return retryNow(world);
    case 'pause':
    case 'resume':
    case 'cancel':
      return changeSearch(world, command);
    case 'pauseTrial':
      return changeTrial(world, 'pause');
    case 'resumeTrial':
      return changeTrial(world, 'resume');
    case 'cancelTrial':
      return changeTrial(world, 'cancel');
    case 'patch':
      return patch(world);
    case 'addTrials':
      return addTrials(world);
    case 'editAndFork':
      return editAndFork(world);
  }
}

/** A process of the API dies, and another comes up. */
async function restart({ random, instances, log }: World): Promise<void> {
  const mortal = instances.flatMap((one) => one.restart ?? []);
  if (mortal.length === 0) return;
  log.push('an API is killed');
  await random.pick(mortal)();
}

/** Mostly one of the last that were given; now and then one of long ago. */
function anyLease({ random, leases }: World): Lease | null {
  if (leases.length === 0) return null;
  return random.chance(0.8)
    ? leases[random.int(Math.max(0, leases.length - 6), leases.length - 1)]!
    : random.pick(leases);
}

/** Many at once: nothing is given to two, and one of the finishes counts. */
async function burst(world: World): Promise<void> {
  const { random, searchId, instances } = world;
  const asks = Array.from({ length: random.int(2, 6) }, () =>
    random.pick(instances).send({
      method: 'POST',
      url: `/v1/searches/${searchId}/ask`,
      payload: { count: random.int(1, 3), leaseMs: 600_000 },
    }),
  );
  const given = (await Promise.all(asks)).flatMap((answer) => body(answer, 'ask').trials);
  world.log.push(`burst: ${given.map(({ number }) => number)}`);
  must(new Set(given.map(({ id }) => id)).size === given.length, 'a trial was given to two', given);
  const leases = await Promise.all(
    given.map(async ({ id: trialId, number, leaseToken, params }) => {
      const { attempts } = body(await call(world, 'GET', `/v1/trials/${trialId}`), 'getTrial');
      return { trialId, number, leaseToken, params, attempt: attempts };
    }),
  );
  const values = leases.flatMap((lease) =>
    [1, 2].map((n) => ({ lease, metrics: { ...metricsAt(lease.params, STEPS), n } })),
  );
  const answers = await Promise.all(
    random.shuffled(values).map(async ({ lease, metrics }) => ({
      lease,
      metrics,
      answer: await call(world, 'POST', `/v1/trials/${lease.trialId}/finish`, {
        leaseToken: lease.leaseToken,
        status: 'completed',
        metrics,
      }),
    })),
  );
  for (const lease of leases) {
    const mine = answers.filter((one) => one.lease === lease);
    const taken = mine.filter(({ answer }) => answer.statusCode === 200);
    must(
      taken.length === 1,
      'not one of two finishes',
      mine.map(({ answer }) => answer.json()),
    );
    const trial = body(await call(world, 'GET', `/v1/trials/${lease.trialId}`), 'getTrial');
    must(same(trial.metrics, taken[0]!.metrics), 'another finish', trial);
    world.finishes.set(lease.trialId, {
      attempt: lease.attempt,
      request: { status: 'completed', metrics: trial.metrics },
    });
  }
  world.leases.push(...leases);
}

async function leave(world: World): Promise<void> {
  const { searchId } = world;
  const answer = await call(world, 'DELETE', `/v1/searches/${searchId}`);
  must(answer.statusCode === 204, 'not deleted', answer.body);
  for (const path of ['', '/trials', '/leaderboard', '/events', '/export'])
    must((await call(world, 'GET', `/v1/searches/${searchId}${path}`)).statusCode === 404, `${path} is there`);
  const id = [...world.ended.keys()][0];
  if (id !== undefined) must((await call(world, 'GET', `/v1/trials/${id}`)).statusCode === 404, 'a trial is there');
}
