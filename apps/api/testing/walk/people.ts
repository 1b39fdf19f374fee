import { isFinal } from '@caviar/spec';
import { runSql } from '@caviar/testing';
import { body } from '../wire.js';
import { OTHER_SPACE } from './specs.js';
import { allTrials, call, must, problemOf, same, searchOf, trialOf, type World } from './world.js';

// What people do with a search and its trials, and what crashes and time do.

const ENDED = ['completed', 'cancelled', 'failed'];

export async function changeSearch(world: World, verb: 'pause' | 'resume' | 'cancel'): Promise<void> {
  const before = await searchOf(world);
  const send = () => call(world, 'POST', `/v1/searches/${world.searchId}/${verb}`);
  const answer = await send();
  world.log.push(`${verb} the ${before.status} search: ${answer.statusCode}`);
  const after = await searchOf(world);
  if (problemOf(answer) !== null) {
    must(problemOf(answer) === 'search-ended', 'another problem', answer.json());
    must(ENDED.includes(before.status), `refused to ${verb}`, before.status, answer.json());
    must(same(before, after), 'what was refused changed something', before, after);
    return;
  }
  const meant = { pause: ['paused'], resume: ['running', 'completed', 'failed'], cancel: ['cancelled'] }[verb];
  must(meant.includes(after.status), `is ${after.status}`, before, after);
  if (after.status === 'cancelled') must(before.status !== 'completed' && before.status !== 'failed', 'was ended');
  if (!ENDED.includes(after.status) || verb !== 'resume') {
    const again = await send();
    must(again.statusCode === 200, 'the same call again', again.json());
    must(same(again.json(), answer.json()), 'another answer', answer.json(), again.json());
  }
}

export async function changeTrial(world: World, verb: 'pause' | 'resume' | 'cancel'): Promise<void> {
  const trials = await allTrials(world);
  if (trials.length === 0) return;
  const open = trials.filter(({ status }) => !isFinal(status));
  const { id } = world.random.pick(open.length > 0 && world.random.chance(0.9) ? open : trials);
  const before = await trialOf(world, id);
  const search = await searchOf(world);
  const send = () => call(world, 'POST', `/v1/trials/${id}/${verb}`);
  const answer = await send();
  world.log.push(`${verb} trial ${before.number} (${before.status}): ${answer.statusCode}`);
  const after = await trialOf(world, id);
  if (isFinal(before.status)) {
    const isSame = verb === 'cancel' && before.status === 'cancelled';
    must(problemOf(answer) === (isSame ? null : 'trial-ended'), 'a trial that has ended', answer.json());
    must(same(before, after), 'what was refused changed something', before, after);
    return;
  }
  must(problemOf(answer) === null, 'refused', before, answer.json());
  if (verb === 'cancel') {
    const isRunning = before.status === 'running';
    must(after.status === (isRunning ? 'running' : 'cancelled'), 'not cancelled', before, after);
    if (isRunning) world.wishes.set(id, 'cancel');
    return;
  }
  if (world.wishes.get(id) === 'cancel' || ENDED.includes(search.status)) return;
  if (verb === 'pause') {
    must(['paused', 'running'].includes(after.status), 'not paused', before, after);
    world.wishes.set(id, 'pause');
  } else {
    if (world.wishes.get(id) === 'pause') world.extra++;
    world.wishes.delete(id);
  }
  const again = await send();
  must(again.statusCode === 200, 'the same call again', again.json());
}

export async function patch(world: World): Promise<void> {
  const { random } = world;
  const before = await searchOf(world);
  const what = random.weighted({ parallelism: 3, stop: 3, target: 1, space: 1, notes: 1 });
  const { targetValue: _, ...stop } = before.spec.stop;
  const { maxTrials } = stop;
  const parallelism = random.int(1, 8);
  const most = random.int(1, 30);
  const change = {
    parallelism: { parallelism },
    stop: { stop: { ...before.spec.stop, ...(maxTrials !== undefined && { maxTrials: most }) } },
    target: { stop: random.chance(0.5) ? { ...stop, targetValue: random.pick([-9, 0.6, 2]) } : stop },
    space: { space: OTHER_SPACE },
    notes: { notes: `noted ${most}`, name: `walk ${most}` },
  }[what];
  const answer = await call(world, 'PATCH', `/v1/searches/${world.searchId}`, change);
  world.log.push(`patch ${JSON.stringify(change).slice(0, 80)} of the ${before.status} search: ${answer.statusCode}`);
  if (problemOf(answer) !== null) {
    must(problemOf(answer) === 'invalid-patch', 'another problem', answer.json());
    return;
  }
  if (what === 'parallelism') world.maxParallelism = Math.max(world.maxParallelism, parallelism);
  if (what === 'stop') world.maxTrials = Math.max(world.maxTrials, most);
  // What a scheduler that knew of more trials has begun goes on beside what it would do now.
  if (before.spec.scheduler.kind !== 'fifo') world.extra += before.progress.queued + before.progress.running;
  const after = body(answer, 'patchSearch');
  for (const [key, value] of Object.entries(change)) {
    const now = key === 'notes' || key === 'name' ? after[key] : after.spec[key as 'stop'];
    if (key !== 'space') must(same(now, value), `${key} is not changed`, value, now);
  }
  must(after.spaceVersion === before.spaceVersion + (what === 'space' ? 1 : 0), 'another version', after);
}

export async function addTrials(world: World): Promise<void> {
  const { random } = world;
  const before = await searchOf(world);
  const made = await allTrials(world);
  const trials = Array.from({ length: random.int(1, 3) }, () => ({
    params: { x: random.int(-10, 10) / 10, units: random.int(1, 6), optimizer: random.pick(['gd', 'adam']) },
  }));
  const answer = await call(world, 'POST', `/v1/searches/${world.searchId}/trials`, { trials });
  world.log.push(`add ${trials.length} trials to the ${before.status} search: ${answer.statusCode}`);
  const code = problemOf(answer);
  if (code !== null) {
    const isEnded = ENDED.includes(before.status);
    const { maxTrials = Number.POSITIVE_INFINITY } = before.spec.stop;
    const mayRefuse = before.spec.scheduler.kind !== 'fifo' || made.length + trials.length > maxTrials;
    must(code === 'search-ended' ? isEnded : mayRefuse, 'refused', answer.json(), before);
    return;
  }
  const { items } = body(answer, 'addTrials');
  world.extra += items.length;
  must(
    same(
      items.map(({ number }) => number),
      trials.map((_, i) => made.length + i),
    ),
    'other numbers',
    items,
  );
  must(
    same(
      items.map(({ params }) => params),
      trials.map(({ params }) => params),
    ),
    'other params',
    items,
  );
}

/** What cannot be done to code that is not ours, and forks. */
export async function editAndFork(world: World): Promise<void> {
  const trials = await allTrials(world);
  if (trials.length === 0) return;
  const trial = world.random.pick(trials);
  const edit = await call(world, 'PATCH', `/v1/trials/${trial.id}/params`, { x: 1 });
  must(problemOf(edit) === 'trial-not-editable', 'edited', edit.json());
  const rewind = await call(world, 'POST', `/v1/trials/${trial.id}/rewind`, { step: 0 });
  must(problemOf(rewind) === 'trial-not-editable', 'rewound', rewind.json());
  const fork = await call(world, 'POST', `/v1/trials/${trial.id}/fork`, {
    stop: { maxTrials: 1 },
    sampler: { kind: 'random' },
  });
  world.log.push(`fork trial ${trial.number}: ${fork.statusCode}`);
  const made = body(fork, 'forkTrial');
  await call(world, 'POST', `/v1/searches/${made.id}/cancel`);
  must((await call(world, 'DELETE', `/v1/searches/${made.id}`)).statusCode === 204, 'not deleted');
  must(same(await trialOf(world, trial.id), trial), 'a fork changed its trial', trial);
}

/** Leases run out: of all, or of some. */
export async function expire(world: World, share: number): Promise<void> {
  const { random, databaseUrl, here } = world;
  const running = (await allTrials(world)).filter(({ status }) => status === 'running');
  const lost = running.filter(() => random.chance(share));
  if (lost.length > 0) {
    const ids = lost.map(({ id }) => `'${id}'`).join(',');
    await runSql(
      databaseUrl,
      `UPDATE trials SET lease_expires_at = now() - interval '1 s' WHERE id IN (${ids}) AND status = 'running'`,
    );
    // Not `reconcile`, which has patience with Postgres in its first seconds.
    await here.worker.database.trials.reclaimExpired(3);
  }
  world.log.push(`leases of ${lost.map(({ number }) => number)} run out`);
  for (const before of lost) {
    const after = await trialOf(world, before.id);
    must(after.status !== 'running', 'still runs', after);
    if (isFinal(after.status)) must(after.endedAt !== null, 'has no end', after);
  }
  await here.container.reconcile();
}

/** What has failed may be tried again at once. */
export async function retryNow({ databaseUrl, searchId, log }: World): Promise<void> {
  log.push('the time until retries is over');
  await runSql(databaseUrl, `UPDATE trials SET retry_at = now() WHERE search_id = '${searchId}' AND retry_at > now()`);
}
