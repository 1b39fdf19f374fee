import { runSql } from '@caviar/testing';
import { body } from '../wire.js';
import { check } from './check.js';
import { ask, release, train } from './outside.js';
import { changeSearch, expire, retryNow } from './people.js';
import { call, must, problemOf, searchOf, type World } from './world.js';

/** Rounds of asking that any search of a walk can be ended in. */
const MOST_ROUNDS = 400;

/** Whatever was done, honest work brings the search to its end: there is always something to ask for, or it is over. */
export async function takeToEnd(world: World): Promise<void> {
  let search = await searchOf(world);
  if (search.status === 'paused') await changeSearch(world, 'resume');
  if (search.spec.stop.maxTrials === undefined) {
    if (world.random.chance(0.5)) return timeIsOver(world);
    world.maxTrials = Number.POSITIVE_INFINITY;
    await widen(world);
  }
  await expire(world, 1);
  let idle = 0;
  for (let round = 0; ; round++) {
    must(round < MOST_ROUNDS, 'no end', search.progress);
    await retryNow(world);
    const leases = await ask(world, { count: 8, worker: `last-${round}` });
    search = await searchOf(world);
    if (search.status !== 'running') break;
    if (leases.length === 0) {
      const held = await resumeHeld(world);
      must(held > 0 || idle < 2, 'nothing to ask for, and no end', search.progress);
      idle = held > 0 ? 0 : idle + 1;
      await world.here.container.reconcile();
      continue;
    }
    idle = 0;
    for (const lease of world.random.shuffled(leases)) await train(world, lease);
    // Where training stopped in the middle, it goes on with the next who asks.
    for (const lease of leases) await release(world, lease);
    if (round % 5 === 0) await check(world);
  }
  must(search.status !== 'paused', 'paused', search);
  await expire(world, 1);
}

/** Those that people have paused hold a search up, and nothing else does. */
async function resumeHeld(world: World): Promise<number> {
  const answer = await call(world, 'GET', `/v1/searches/${world.searchId}/trials?status=paused&limit=200`);
  const held = body(answer, 'listTrials').items.filter(({ id }) => world.wishes.get(id) === 'pause');
  for (const { id } of held) {
    await call(world, 'POST', `/v1/trials/${id}/resume`);
    world.wishes.delete(id);
    world.extra++;
  }
  return held.length;
}

async function timeIsOver(world: World): Promise<void> {
  const { searchId, databaseUrl, here } = world;
  const before = await searchOf(world);
  world.log.push('the time of the search is over');
  await runSql(databaseUrl, `UPDATE searches SET active_ms = 3600000 WHERE id = '${searchId}'`);
  await here.container.reconcile();
  const { status, reason } = await searchOf(world);
  if (before.status !== 'running' && before.status !== 'paused') return;
  must(status === 'completed' && reason === 'the time limit of 3600000 ms is over', 'goes on', status, reason);
  await expire(world, 1);
}

/** More trials for a search that has ended: it goes on, if it was not cancelled. */
export async function reopen(world: World): Promise<void> {
  const before = await searchOf(world);
  if (before.status === 'cancelled') {
    await widen(world);
    await changeSearch(world, 'resume');
    return;
  }
  await widen(world);
  const answer = await call(world, 'POST', `/v1/searches/${world.searchId}/resume`);
  world.log.push(`resume the ${before.status} search: ${answer.statusCode}`);
  const after = await searchOf(world);
  if (after.status === 'running') return takeToEnd(world);
  // A grid has no more, and a target that was reached stays so.
  const { sampler, stop } = before.spec;
  const hasNoMore = sampler.kind === 'grid' || stop.targetValue !== undefined;
  const hasEnded = problemOf(answer) === 'search-ended' || after.status === 'completed';
  must(hasNoMore && hasEnded, 'was not opened again', answer.json(), after);
}

async function widen(world: World): Promise<void> {
  const { progress, spec } = await searchOf(world);
  const { maxDurationMs: _, ...stop } = spec.stop;
  const maxTrials = progress.total + world.random.int(1, 4);
  world.maxTrials = Math.max(world.maxTrials, maxTrials);
  const change = { stop: { ...stop, maxTrials } };
  const answer = await call(world, 'PATCH', `/v1/searches/${world.searchId}`, change);
  world.log.push(`widen to ${maxTrials}: ${answer.statusCode}`);
  body(answer, 'patchSearch');
}
