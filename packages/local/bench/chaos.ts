// Chaos: `npm run chaos`.
//
// Runs an adaptive search (tpe with asha, strict) twice on the service as `npm start` has it: undisturbed, and while workers, the
// API, Redis and Postgres are killed with SIGKILL and Redis is emptied, at random. Then holds the second record to the first: no
// trial lost, none doubled, and leaderboard, params, values, decisions and learning curves the same bit for bit. The exit code is
// 0 when all of that holds.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { audit, compare, type Findings, type Snapshot, snapshot } from './chaos/snapshot.js';
import { BLOWS, wreck } from './chaos/wreck.js';
import { flag, number, readOptions } from './support/options.js';
import { seededRandom } from './support/random.js';
import { type Service, startService } from './support/service.js';

const { trials, kills, workers, seed, keep } = readOptions('npm run chaos --', {
  trials: number('networks that the search trains', 500),
  kills: number('blows that fall meanwhile', 100),
  workers: number('worker processes', 4),
  seed: number('of the blows, and of the search', 1, 0),
  keep: flag('leave the data and logs where they are'),
});

/** Networks on digits, with everything that draws random numbers, and rungs at which they wait for one another. */
const SPEC = {
  trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 27, keepProb: 0.8, hiddenLayers: 1 } },
  space: {
    learningRate: { kind: 'float', min: 1e-4, max: 1, scale: 'log' },
    hiddenUnits: { kind: 'int', min: 8, max: 64, scale: 'log' },
    batchSize: { kind: 'int', min: 16, max: 128, scale: 'log' },
    optimizer: { kind: 'categorical', choices: ['momentum', 'rmsprop', 'adam'] },
  },
  sampler: { kind: 'tpe' },
  scheduler: { kind: 'asha', minResource: 3, maxResource: 27, eta: 3 },
  reproducibility: 'strict',
  parallelism: 4 * workers,
  stop: { maxTrials: trials },
  seed,
};

/** A search that stands still for so long is hit again all the same. */
const STILL_MS = 6_000;
const LOOK_MS = 10;

/** Short leases and pauses: what is lost is to be found soon, so that the next blow hits something. */
const OVERRIDES = {
  backoff: { firstMs: 50, mostMs: 400, steadyMs: 2_000 },
  // Whatever dies here is not a trial's fault.
  environment: { CAVIAR_LEASE_MS: '3000', CAVIAR_MAX_LOSSES: '1000' },
};

const seconds = (fromMs: number) => `${((performance.now() - fromMs) / 1000).toFixed(1)} s`;
const say = (line: string) => process.stdout.write(`${line}\n`);

interface Search {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
}

/** Makes the search, as a client that repeats its request until it is answered, and follows it to its end. */
async function carryOut(
  service: Service,
  meanwhile: (searchId: string, isOver: () => boolean) => Promise<void>,
): Promise<Search> {
  let isOver = false;
  const headers = { 'idempotency-key': randomUUID() };
  const { id } = await service.insist<Search>('POST', '/v1/searches', SPEC, headers);
  const disturbance = meanwhile(id, () => isOver);
  for (;;) {
    const search = await service.insist<Search>('GET', `/v1/searches/${id}`);
    if (search.status !== 'running') {
      isOver = true;
      await disturbance;
      return search;
    }
    await sleep(250);
  }
}

interface Undisturbed {
  readonly snapshot: Snapshot;
  /** How many it had. */
  readonly events: number;
}

async function undisturbed(): Promise<Undisturbed> {
  const service = await startService({ workers });
  try {
    const from = performance.now();
    const search = await carryOut(service, async () => {});
    say(`undisturbed: ${search.reason}, ${seconds(from)}`);
    const findings = await audit(service, { searchId: search.id, trials });
    for (const finding of findings) say(`  ! ${finding}`);
    return { snapshot: await snapshot(service, search.id), events: (await eventsOf(service, search.id)) ?? 0 };
  } finally {
    await service.stop();
  }
}

async function disturbed(expected: Undisturbed): Promise<Findings> {
  const service = await startService({ workers, overrides: OVERRIDES, keep });
  if (keep) say(`data and logs: ${service.home}`);
  try {
    const from = performance.now();
    let blows = 0;
    const search = await carryOut(service, async (searchId, isOver) => {
      const random = seededRandom(seed);
      const due = pace(service, searchId, { random, isOver, events: expected.events });
      const done = await wreck(service.stack, { blows: kills, due, random, isOver });
      blows = BLOWS.reduce((sum, blow) => sum + done[blow], 0);
      say(`struck ${blows} times in ${seconds(from)}: ${BLOWS.map((blow) => `${blow} ${done[blow]}`).join(', ')}`);
    });
    say(`disturbed: ${search.reason}, ${seconds(from)}`);
    const [{ attempts, losses } = { attempts: 0, losses: 0 }] = await service.sql<{ attempts: number; losses: number }>(
      `SELECT (SELECT sum(attempt)::int FROM trials WHERE search_id = $1) AS attempts,
         (SELECT count(*)::int FROM events WHERE search_id = $1 AND reason LIKE '% was lost %') AS losses`,
      [search.id],
    );
    say(`  ${attempts} attempts at ${trials} trials; ${losses} times a worker was lost with one`);
    for (const { ms, after, before } of await pauses(service, search.id)) {
      say(`  nothing happened for ${(ms / 1000).toFixed(1)} s after ${after}, until ${before}`);
    }
    return [
      ...(blows < kills ? [`the search was over after ${blows} of ${kills} blows`] : []),
      ...(search.status === 'completed' ? [] : [`the search is ${search.status}: ${search.reason}`]),
      ...(await audit(service, { searchId: search.id, trials })),
      ...compare(expected.snapshot, await snapshot(service, search.id)),
    ];
  } finally {
    await service.stop();
  }
}

/** Events of a search so far; null while Postgres does not answer. */
async function eventsOf({ sql }: Service, searchId: string): Promise<number | null> {
  try {
    const [row] = await sql<{ events: number }>('SELECT event_seq::int AS events FROM searches WHERE id = $1', [
      searchId,
    ]);
    return row?.events ?? null;
  } catch {
    return null;
  }
}

/**
 * When blows fall: spread at random over what happens in the search, not over time, so that each hits one that has got over the last. What
 * stands still for long is hit again: several blows at once must be got over too.
 */
function pace(
  service: Service,
  searchId: string,
  {
    random,
    isOver,
    events,
  }: { readonly random: () => number; readonly isOver: () => boolean; readonly events: number },
) {
  // Near the end one more might come too late.
  const places = Array.from({ length: kills }, () => 0.95 * events * random()).sort((a, b) => a - b);
  return async (blow: number) => {
    let [seen, since] = [-1, performance.now()];
    while (!isOver()) {
      const now = (await eventsOf(service, searchId)) ?? seen;
      if (now >= (places[blow] ?? 0)) return;
      if (now !== seen) [seen, since] = [now, performance.now()];
      else if (performance.now() - since > STILL_MS) return;
      await sleep(LOOK_MS);
    }
  };
}

/** The longest times in which nothing came of a search: how long it takes until what was killed is found, and mended. */
async function pauses({ sql }: Service, searchId: string) {
  return sql<{ readonly ms: number; readonly after: string; readonly before: string }>(
    `SELECT extract(epoch FROM at - earlier)::float8 * 1000 AS ms, was AS after, what AS before FROM (
       SELECT at, lag(at) OVER (ORDER BY seq) AS earlier, what, lag(what) OVER (ORDER BY seq) AS was FROM (
         SELECT e.at, e.seq, concat_ws(' ', 'event', e.seq, e.kind, 'trial ' || t.number, e.from_status, e.to_status, e.reason) AS what
         FROM events e LEFT JOIN trials t ON t.id = e.trial_id WHERE e.search_id = $1
       ) named
     ) pair WHERE earlier IS NOT NULL ORDER BY ms DESC LIMIT 5`,
    [searchId],
  );
}

say(`chaos: ${trials} trials, tpe and asha, strict, ${workers} workers, ${kills} blows, seed ${seed}`);
const findings = await disturbed(await undisturbed());
for (const finding of findings.slice(0, 20)) say(`✗ ${finding}`);
if (findings.length > 20) say(`✗ and ${findings.length - 20} more`);
say(
  findings.length === 0
    ? '✓ no trial lost, none doubled; board, params, values, decisions and curves are the same bit for bit'
    : `✗ ${findings.length} findings`,
);
process.exitCode = findings.length === 0 ? 0 : 1;
