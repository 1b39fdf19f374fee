import type { FinishBody, TrialView } from '@caviar/contracts';
import { isFinal } from '@caviar/spec';
import { body } from '../wire.js';
import { MAX_RETRIES, metricsAt, STEPS } from './specs.js';
import { allTrials, call, type Lease, must, problemOf, same, searchOf, trialOf, type World } from './world.js';

// What code outside does, one call at a time, and what must come of each by what was true before it.

const NAMES = ['gpu-1', 'gpu-2', 'gpu-3'] as const;

/** Asks for trials; gives the leases. */
export async function ask(
  world: World,
  given?: { readonly count: number; readonly worker?: string },
): Promise<Lease[]> {
  const { random, searchId } = world;
  const { count, worker } = given ?? {
    count: random.int(1, 8),
    ...(random.chance(0.7) && { worker: random.pick(NAMES) }),
  };
  const before = await allTrials(world);
  const { status, spec, progress } = await searchOf(world);
  // To ask is to look what may go on at a rung: one that comes back too often gives up a trial, and another takes its place.
  const mayGoOn = spec.scheduler.kind === 'fifo' ? ['queued'] : ['queued', 'paused'];
  const answer = await call(world, 'POST', `/v1/searches/${searchId}/ask`, { count, worker, leaseMs: 600_000 });
  const asked = body(answer, 'ask');
  world.log.push(
    `ask ${count} ${worker ?? '-'}: ${asked.trials.map(({ number }) => number)} ${asked.done ? 'done' : ''}`,
  );
  must(asked.trials.length <= count, 'more than were asked for', asked);
  must(new Set(asked.trials.map(({ id }) => id)).size === asked.trials.length, 'one trial twice', asked);
  must(status === 'running' || asked.trials.length === 0, `a ${status} search gave trials`, asked);
  const now = await searchOf(world);
  const isOver = now.status !== 'running' && now.status !== 'paused';
  // Whatever was queued when `parallelism` was lowered.
  const mostRunning = Math.max(progress.running, spec.parallelism) + world.extra;
  must(now.progress.running <= mostRunning, `more than ${mostRunning} run`, progress, now.progress);
  must(asked.done === (isOver && asked.trials.length === 0), `done is not what the search is: ${now.status}`, asked);
  if (asked.trials.length === 0 && !asked.done) must(answer.headers['retry-after'] === '1', 'no Retry-After');

  const mine = before.filter(
    (trial) => worker !== undefined && trial.status === 'running' && trial.workerId === worker,
  );
  const leases: Lease[] = [];
  for (const given of asked.trials) {
    const trial = await trialOf(world, given.id);
    const was = before.find(({ id }) => id === trial.id);
    must(was === undefined || mayGoOn.includes(was.status) || mine.includes(was), 'a trial of another', was, trial);
    must(trial.status === 'running', 'not running', trial);
    must(trial.workerId === (worker ?? null), 'another worker', trial);
    must(trial.attempts === (was?.attempts ?? 0) + 1, 'another attempt', was, trial);
    must(same(given.params, { steps: STEPS, ...trial.params }), 'other params', given, trial);
    must(given.step === trial.step, 'another step', given, trial);
    const { id: trialId, number, leaseToken, params } = given;
    leases.push({ trialId, number, leaseToken, attempt: trial.attempts, params });
  }
  if (status === 'running') {
    // What it left comes back before anything else, or is given up.
    for (const left of mine.slice(0, count)) {
      const trial = await trialOf(world, left.id);
      must(trial.attempts === left.attempts + 1, 'what it left did not come back', left, trial);
    }
  }
  world.leases.push(...leases);
  return leases;
}

/** Whether a lease is that of a trial that runs. */
function isHeld(trial: TrialView, { attempt }: Lease): boolean {
  return trial.status === 'running' && trial.attempts === attempt;
}

/** Whether it is that of a trial which its holder was told to leave for a while, and nobody has been given since. */
function isLeft({ left }: World, { id, status, attempts }: TrialView, { attempt }: Lease): boolean {
  return (status === 'paused' || status === 'queued') && attempts === attempt && left.get(id) === attempt;
}

/** Step at which the scheduler has the trial stop, as the lease says; a client never looks. */
function targetOf({ leaseToken }: Lease): number | null {
  return (JSON.parse(Buffer.from(leaseToken, 'base64url').toString()) as (number | null)[])[6] ?? null;
}

/** Reports a step. */
export async function measure(world: World, lease: Lease, step: number): Promise<string> {
  const { trialId, leaseToken } = lease;
  const before = await trialOf(world, trialId);
  const { status } = await searchOf(world);
  const request = { leaseToken, step, metrics: metricsAt(lease.params, step) };
  const send = () => call(world, 'POST', `/v1/trials/${trialId}/measurements`, request);
  const answer = await send();
  world.log.push(`measure ${lease.number} step ${step}: ${answer.body.slice(0, 120)}`);
  const after = await trialOf(world, trialId);
  const wasLeft = isLeft(world, before, lease);
  if (!isHeld(before, lease) && !wasLeft) {
    if (problemOf(answer) === null) must(body(answer, 'addMeasurement').decision === 'pause', 'went on', before, after);
    else must(problemOf(answer) === 'lease-lost', 'another problem', answer.json());
    must(same(before, after), 'a stale lease changed something', before, after);
    return 'lost';
  }
  const { decision } = body(answer, 'addMeasurement');
  const curve = world.curves.get(trialId) ?? new Map();
  world.curves.set(trialId, curve);
  if (!curve.has(step)) curve.set(step, request.metrics);
  const target = targetOf(lease);
  const wish = world.wishes.get(trialId);
  const isOver = status !== 'running' && status !== 'paused';
  const isAtRung = target !== null && step >= target;
  const expected =
    isAtRung || wasLeft
      ? 'pause'
      : isOver || wish === 'cancel'
        ? 'stop'
        : status === 'paused' || wish === 'pause'
          ? 'pause'
          : 'continue';
  must(decision === expected, `should ${expected}`, answer.json(), before, after);
  must(after.step === Math.max(before.step, step), 'another step', before, after);
  if (isAtRung) world.left.delete(trialId);
  else if (decision === 'pause') world.left.set(trialId, lease.attempt);
  if (decision !== 'pause') must(after.status === 'running', 'is not running', after);
  else must(after.status !== 'running', 'is running', after);
  if (world.random.chance(0.3)) {
    const again = await send();
    must(again.statusCode === 200, 'the same call again', answer.json(), again.json(), after);
    must(body(again, 'addMeasurement').decision === decision, 'another answer', answer.json(), again.json());
    must(same(await trialOf(world, trialId), after), 'the same call again changed something', after);
  }
  return decision;
}

/** Says that it is alive. */
export async function heartbeat(world: World, lease: Lease): Promise<void> {
  const before = await trialOf(world, lease.trialId);
  const { status } = await searchOf(world);
  const answer = await call(world, 'POST', `/v1/trials/${lease.trialId}/heartbeat`, { leaseToken: lease.leaseToken });
  world.log.push(`heartbeat ${lease.number}: ${answer.body.slice(0, 120)}`);
  const wasLeft = isLeft(world, before, lease);
  if (!isHeld(before, lease) && !wasLeft) {
    if (problemOf(answer) === null) must(body(answer, 'heartbeat').decision === 'pause', 'goes on', before);
    else must(problemOf(answer) === 'lease-lost', 'another problem', answer.json());
    return;
  }
  const wish = world.wishes.get(lease.trialId);
  const isOver = status !== 'running' && status !== 'paused';
  const waits = wasLeft || status === 'paused' || wish === 'pause';
  const expected = isOver || wish === 'cancel' ? 'stop' : waits ? 'pause' : 'continue';
  must(body(answer, 'heartbeat').decision === expected, `should ${expected}`, answer.json(), before);
  if (expected === 'pause') world.left.set(lease.trialId, lease.attempt);
}

/** Gives a trial back. */
export async function release(world: World, lease: Lease): Promise<void> {
  const before = await trialOf(world, lease.trialId);
  const { status } = await searchOf(world);
  const send = () =>
    call(world, 'POST', `/v1/trials/${lease.trialId}/release`, { leaseToken: lease.leaseToken, reason: 'interrupted' });
  const answer = await send();
  world.log.push(`release ${lease.number}: ${answer.statusCode}`);
  const after = await trialOf(world, lease.trialId);
  if (!isHeld(before, lease)) {
    must(same(before, after), 'a stale lease changed something', before, after);
    must([null, 'lease-lost'].includes(problemOf(answer)), 'another problem', answer.json());
    return;
  }
  const wish = world.wishes.get(lease.trialId);
  const isOver = status !== 'running' && status !== 'paused';
  const expected =
    isOver || wish === 'cancel' ? 'cancelled' : status === 'paused' || wish === 'pause' ? 'paused' : 'queued';
  must(body(answer, 'releaseTrial').status === expected, `should be ${expected}`, answer.json());
  must(same(body(await send(), 'releaseTrial'), answer.json()), 'another answer', answer.json());
}

/** How a trial may end, as its code says it. */
export function anyFinish({ random }: World, { params }: Lease, steps: number): Omit<FinishBody, 'leaseToken'> {
  const metrics = metricsAt(params, Math.max(1, steps));
  const reason = random.chance(0.3) ? { reason: 'so it goes' } : {};
  const step = random.chance(0.3) ? { step: random.int(1, STEPS) } : {};
  const status = random.weighted({ completed: 12, infeasible: 1, failed: 2, pruned: 1, cancelled: 1 });
  const isSilent = random.chance(0.15);
  return { status, ...reason, ...(isSilent ? {} : { metrics, ...step }) };
}

/** Ends a trial. */
export async function finish(world: World, lease: Lease, request: Omit<FinishBody, 'leaseToken'>): Promise<void> {
  const { trialId, leaseToken, attempt } = lease;
  const before = await trialOf(world, trialId);
  const search = await searchOf(world);
  const payload = { leaseToken, ...request };
  const inBatch = world.random.chance(0.4);
  const send = async () => {
    if (!inBatch) {
      const answer = await call(world, 'POST', `/v1/trials/${trialId}/finish`, payload);
      return answer.statusCode === 200
        ? { status: body(answer, 'finishTrial').status, problem: null }
        : { status: null, problem: problemOf(answer) };
    }
    const answer = await call(world, 'POST', `/v1/searches/${world.searchId}/tell`, {
      finishes: [{ trialId, ...payload }],
    });
    if (answer.statusCode !== 200) return { status: null, problem: problemOf(answer) };
    const [told] = body(answer, 'tell').finishes;
    return { status: told?.status ?? null, problem: told?.problem?.code ?? null };
  };
  const told = await send();
  world.log.push(`finish ${lease.number} ${JSON.stringify(request)}: ${JSON.stringify(told)}`);
  const after = await trialOf(world, trialId);
  if (told.problem === 'invalid-request') {
    must(request.status === 'completed' && request.metrics === undefined, 'makes sense', request);
    must(same(before, after), 'what makes no sense changed something', before, after);
    return;
  }
  const isResult = request.status === 'completed' || request.status === 'infeasible';
  const mayEnd = isHeld(before, lease) || (isResult && isLeft(world, before, lease));
  if (!mayEnd) {
    must(same(before, after), 'a stale lease changed something', before, after);
    const isKnown = world.finishes.get(trialId);
    if (isKnown !== undefined && isKnown.attempt === attempt && same(isKnown.request, request)) {
      if (before.status !== 'queued' && before.status !== 'paused')
        must(told.problem === null, 'the same finish again', told, before);
    } else if (told.problem !== null) {
      must(['lease-lost', 'trial-ended'].includes(told.problem), 'another problem', told);
    }
    return;
  }
  must(told.problem === null, 'refused', told, before, after);
  must(told.status === after.status || request.status === 'failed', 'another status', told, after);
  world.finishes.set(trialId, { attempt, request });
  if (request.status === 'failed') {
    const failures = (world.failures.get(trialId) ?? 0) + 1;
    world.failures.set(trialId, failures);
    const isOver = search.status !== 'running' && search.status !== 'paused';
    const wish = world.wishes.get(trialId);
    const expected =
      failures > MAX_RETRIES
        ? 'failed'
        : isOver || wish === 'cancel'
          ? 'cancelled'
          : wish === 'pause'
            ? 'paused'
            : 'queued';
    must(after.status === expected, `should be ${expected}`, before, after);
  } else {
    const metrics = request.metrics ?? before.metrics;
    const lacks = [search.spec.objective, ...(search.spec.objectives ?? [])].some(
      ({ metric }) => (metrics[metric] ?? null) === null,
    );
    const expected = request.status === 'completed' && lacks ? 'infeasible' : request.status;
    must(after.status === expected, `should be ${expected}`, before, after);
    must(same(after.metrics, metrics), 'other metrics', request, after);
    must(after.step === (request.step ?? before.step), 'another step', before, request, after);
  }
  if (isFinal(after.status)) must(after.endedAt !== null, 'has no end', after);
  const again = await send();
  must(same(again, told), 'the same finish again', told, again);
  must(same(await trialOf(world, trialId), after), 'the same finish again changed something', after);
}

/** Trains a trial some steps on, as it is told, and ends it where it has come to its end. */
export async function train(world: World, lease: Lease): Promise<void> {
  const from = Math.max(0, ...(world.curves.get(lease.trialId)?.keys() ?? []));
  const until = Math.min(STEPS, from + world.random.int(1, STEPS));
  for (let step = from + 1; step <= until; step++) {
    const decision = await measure(world, lease, step);
    if (decision === 'stop') return finish(world, lease, { status: world.random.pick(['pruned', 'cancelled']) });
    if (decision !== 'continue') return;
  }
  if (until === STEPS) await finish(world, lease, { status: 'completed', metrics: metricsAt(lease.params, STEPS) });
}
