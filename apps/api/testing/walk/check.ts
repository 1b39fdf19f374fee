import type { LeaderboardView, SearchView, TrialView } from '@caviar/contracts';
import { isAllowed, TRIAL_LIFE } from '@caviar/orchestrator';
import { isFinal, TRIAL_STATUSES } from '@caviar/spec';
import { body } from '../wire.js';
import { rankNaively } from './naive-board.js';
import { allTrials, call, must, same, searchOf, type World } from './world.js';

/** What must be true of a search at any time, whatever was done to it. */
export async function check(world: World): Promise<{ readonly search: SearchView; readonly trials: TrialView[] }> {
  const search = await searchOf(world);
  const trials = await allTrials(world);
  const { progress } = search;

  must(
    same(
      trials.map(({ number }) => number),
      trials.map((_, i) => i),
    ),
    'numbers with gaps',
    trials.map(({ number }) => number),
  );
  must(new Set(trials.map(({ id }) => id)).size === trials.length, 'ids twice');
  for (const status of TRIAL_STATUSES) {
    const count = trials.filter((trial) => trial.status === status).length;
    must(progress[status] === count, `${count} are ${status}`, progress);
  }
  const isOpen = search.status === 'running' || search.status === 'paused';
  must(isOpen ? progress.total >= trials.length : progress.total === trials.length, 'another total', progress);
  const most = world.maxParallelism + world.extra;
  must(progress.queued + progress.running <= most, `more than ${most} are in flight`, progress);
  must(trials.length <= world.maxTrials, `more than ${world.maxTrials} trials`, progress);
  must(isOpen === (search.endedAt === null), 'an end that is not', search);
  if (!isOpen) {
    must(progress.queued + progress.paused === 0, 'trials wait in a search that has ended', progress);
    must(search.reason !== null, 'ended without a reason', search);
  }
  checkEnd(world, search, trials);

  for (const trial of trials) {
    const seen = world.ended.get(trial.id);
    if (seen !== undefined) must(same(seen, trial), 'a trial that had ended is another', seen, trial);
    else if (isFinal(trial.status)) {
      world.ended.set(trial.id, trial);
      await checkHistory(world, trial);
    }
    must(isFinal(trial.status) === (trial.endedAt !== null), 'an end that is not', trial);
    must(trial.attempts > 0 === (trial.startedAt !== null), 'a begin that is not', trial);
  }
  await checkBoard(world, search, trials);
  return { search, trials };
}

/** A search that has ended by itself had a reason to. */
function checkEnd(world: World, { status, reason, spec, progress }: SearchView, trials: readonly TrialView[]): void {
  if (status !== 'completed' && status !== 'failed') return;
  if (/^all \d+ trials have ended$/.test(reason ?? '') || status === 'failed') {
    must(
      trials.every((trial) => isFinal(trial.status)),
      'ended with open trials',
      reason,
      progress,
    );
    return;
  }
  if (/^the time limit of \d+ ms is over$/.test(reason ?? '')) {
    must(
      spec.stop.maxDurationMs !== undefined || world.log.some((line) => line.startsWith('the time of')),
      'no limit',
      spec,
    );
    return;
  }
  const [, number, target] = /^trial (\d+) reached the target (\S+)$/.exec(reason ?? '') ?? [];
  must(number !== undefined, 'ended for no known reason', reason);
  const { metric, direction } = spec.objective;
  const value = trials[Number(number)]?.metrics[metric] ?? null;
  const isReached = value !== null && (direction === 'minimize' ? value <= Number(target) : value >= Number(target));
  must(isReached, 'the target is not reached', reason, trials[Number(number)]);
}

async function checkHistory(world: World, trial: TrialView): Promise<void> {
  const { items } = body(await call(world, 'GET', `/v1/trials/${trial.id}/history`), 'getTrialHistory');
  let status: TrialView['status'] | null = null;
  let attempt = 0;
  for (const step of items) {
    must(step.from === status, 'a gap in the history', items);
    must(isAllowed(TRIAL_LIFE, step.from, step.status), 'a way that is not drawn', items);
    must(step.attempt >= attempt && step.attempt <= attempt + 1, 'attempts go astray', items);
    must(
      step.attempt > attempt ===
        (step.status === 'running' || (step.from === 'running' && step.status === 'failed' && step.attempt > attempt)),
      'an attempt that did not begin',
      items,
    );
    status = step.status;
    attempt = step.attempt;
  }
  must(status === trial.status && attempt === trial.attempts, 'the history ends elsewhere', items, trial);
  const curve = body(await call(world, 'GET', `/v1/trials/${trial.id}/measurements`), 'getMeasurements').items;
  const told = world.curves.get(trial.id) ?? new Map();
  for (const { step, metrics } of curve) {
    if (told.has(step)) must(same(told.get(step), metrics), 'other metrics than were told', step, metrics);
    else must(step === trial.step || world.finishes.has(trial.id), 'a step that nobody told', step);
  }
  const steps = new Set(curve.map(({ step }) => step));
  must(
    [...told.keys()].every((step) => steps.has(step)),
    'a step is missing',
    [...told.keys()],
    curve,
  );
}

/** The board is what its trials say, page by page, and has a new tag whenever it is another. */
async function checkBoard(world: World, search: SearchView, trials: readonly TrialView[]): Promise<void> {
  const limit = world.random.pick([2, 5, 200]);
  const url = `/v1/searches/${world.searchId}/leaderboard?limit=${limit}`;
  const entries: LeaderboardView['entries'][number][] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer = await call(world, 'GET', cursor === '' ? url : `${url}&cursor=${encodeURIComponent(cursor)}`);
    if (cursor === '') {
      const tag = `${limit} ${answer.headers['etag']}`;
      const known = world.boards.get(tag);
      must(known === undefined || known === answer.body, 'another board with the same tag', known, answer.body);
      world.boards.set(tag, answer.body);
    }
    const page: LeaderboardView = body(answer, 'getLeaderboard');
    entries.push(...page.entries);
    cursor = page.nextCursor;
  }
  const ranked = rankNaively(search.spec, trials);
  const board = entries.map(({ rank, number, value, status }) => ({ rank, number, value, status }));
  must(same(board, ranked), 'another board', board, ranked);
  const { objectives } = search.spec;
  const first = trials.find(({ number }) => number === board[0]?.number);
  if (objectives !== undefined || search.best === null) return;
  const { number, value } = search.best;
  must(number === first?.number && value === first.value, 'another best', search.best, board);
}
