import { createHash } from 'node:crypto';
import { createFlow, type FlowResult, learnsFromResults, startLearning } from '@caviar/search';
import type { Params } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { needsMetrics } from '../objective-value.js';
import type { RungRecord } from '../ports/rung-store.js';
import type { SearchForAdvance } from '../ports/search-store.js';
import { catchUp } from './flow-batch.js';
import { isLeading } from './flow-lead.js';
import { resultOf, resultsOf } from './flow-results.js';
import { Batch, type FlowContext } from './flow-state.js';
import { BLOCK, inBlocks, LEASE_MS, MANY } from './many-trials.js';
import type { PreparedSearch } from './prepared-search.js';

const KEPT = 32;
const kept = new Map<string, FlowContext>();
const turns = new Map<string, Promise<void>>();

/** Has one caller of this process at a time work on a search; the others come after it. */
export async function inTurn(searchId: string, work: () => Promise<void>): Promise<void> {
  const before = turns.get(searchId) ?? Promise.resolve();
  const mine = before.then(work, work);
  const settled = mine.catch(() => {});
  turns.set(searchId, settled);
  try {
    await mine;
  } finally {
    if (turns.get(searchId) === settled) turns.delete(searchId);
  }
}

const NO_PARAMS: Params = {};

function takeIn({ ahead, editedFrom, keepsParams }: FlowContext, record: RungRecord): void {
  const { number, status, targetStep } = record;
  ahead.set(number, { params: keepsParams === 'never' ? NO_PARAMS : record.params, status, targetStep });
  if (record.editedFrom === null) {
    if (editedFrom.size > 0) editedFrom.delete(number);
  } else editedFrom.set(number, record.editedFrom);
}

/** Blocks after which a process that reads many trials says so again. */
const RENEW_EVERY = 16;

type OpeningDeps = Pick<Deps, 'rungs' | 'searches' | 'learning'>;

/**
 * The flow of a search as it stands: kept, or built anew from Postgres. Null while another process builds that of many trials, or
 * follows it for all: it goes on with the search. Which process does, and when, makes no difference to what the flow says.
 */
export async function openFlow(
  deps: OpeningDeps,
  state: SearchForAdvance,
  { plan, mayLead = false }: { readonly plan: PreparedSearch['plan']; readonly mayLead?: boolean },
): Promise<FlowContext | null> {
  const key = keyOf(state);
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (state.nextNumber < MANY) return build(deps, state, { plan, key, renew: async () => {} });
  const { id } = state.search;
  const digest = flowKeyOf(state);
  if (!isLeading(id) && !(await deps.learning.take(id, digest, LEASE_MS))) return null;
  let lastsMs = 0;
  try {
    const built = await build(deps, state, { plan, key, renew: () => deps.learning.renew(id, digest, LEASE_MS) });
    if (mayLead) lastsMs = LEASE_MS;
    return built;
  } finally {
    await deps.learning.renew(id, digest, lastsMs);
  }
}

/** Whether this process follows the flow of a search. */
export function isOpen(state: SearchForAdvance): boolean {
  return kept.has(keyOf(state));
}

/** What the flow of a search is known by in the store; null for one of few trials, which every process follows. */
export function leadKeyOf(state: SearchForAdvance): string | null {
  // Code outside waits for its next trial: every instance that it asks follows the flow.
  const isLed = state.nextNumber >= MANY && state.search.spec.trainer.kind !== 'external';
  return isLed ? flowKeyOf(state) : null;
}

function flowKeyOf(state: SearchForAdvance): string {
  return createHash('sha256')
    .update(`flow ${keyOf(state)}`)
    .digest('base64url');
}

interface Building {
  readonly plan: PreparedSearch['plan'];
  readonly key: string;
  readonly renew: () => Promise<void>;
}

async function build(deps: OpeningDeps, state: SearchForAdvance, { plan, key, renew }: Building): Promise<FlowContext> {
  const { search, spaces } = state;
  const { spec, rounds } = search;
  const spaceFirstNumber = spaces.at(-1)?.firstNumber ?? 0;
  const prior = spec.warmStart === undefined ? [] : await deps.searches.prior(search.id);
  const learning = learnsFromResults(spec) ? startLearning(spec, { rounds, spaceFirstNumber, prior }) : null;
  const context: FlowContext = {
    spec,
    flow: createFlow(spec, plan),
    rounds,
    draw: null,
    learning,
    params: new Map(),
    keepsParams: spec.scheduler.kind === 'pbt' ? 'always' : learning === null ? 'never' : 'until-end',
    made: 0,
    unobserved: new Set(),
    ahead: new Map(),
    waiting: [],
    batch: new Batch(),
    editedFrom: new Map(),
    readBelow: 0,
    logSeq: 0,
  };
  const withMetrics = needsMetrics(spec);
  let blocks = 0;
  const all = inBlocks({ from: 0, below: null }, (which) =>
    deps.rungs.allRungRecords(search.id, { ...which, withMetrics }),
  );
  for await (const records of all) {
    for (const record of records) takeIn(context, record);
    context.readBelow = records.at(-1)!.number + 1;
    if (spec.reproducibility === 'strict') {
      context.flow.feed(records.flatMap((record) => resultsOf(spec, record)));
      catchUp(context);
    }
    if (blocks > 0 && blocks % RENEW_EVERY === 0) await renew();
    blocks++;
  }
  const [oldest] = kept.keys();
  if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(key, context);
  return context;
}

/** Forgets a flow that may be ahead of Postgres: the next one is built from what is stored. */
export function dropFlow(state: SearchForAdvance): void {
  kept.delete(keyOf(state));
}

function keyOf({ search }: SearchForAdvance): string {
  return JSON.stringify([search.id, search.spaceVersion, search.spec]);
}

/**
 * Feeds the flow what has come of its running jobs: in `strict` mode in any order, otherwise in the order of a log that
 * all processes share, so that they come to the same decisions.
 */
export async function feedFlow(
  deps: Pick<Deps, 'rungs'>,
  searchId: string,
  { context, strict }: { readonly context: FlowContext; readonly strict: boolean },
): Promise<void> {
  const { flow, spec } = context;
  const jobs = flow.running();
  const numbers = jobs.map(({ number }) => number);
  const which = { numbers, from: context.readBelow ?? context.made, withResult: true };
  context.readBelow = null;
  const records = byNumber(await deps.rungs.rungRecords(searchId, which));
  for (const record of records.values()) takeIn(context, record);
  const found = jobs.flatMap((job) => resultOf(spec, job, records.get(job.number)) ?? []);
  if (strict) return flow.feed(found);
  await feedByLog(deps, searchId, { context, found, records });
}

type Records = ReadonlyMap<number, RungRecord>;

function byNumber(records: readonly RungRecord[]): Records {
  return new Map(records.map((record) => [record.number, record]));
}

async function feedByLog(
  deps: Pick<Deps, 'rungs'>,
  searchId: string,
  {
    context,
    found,
    records,
  }: { readonly context: FlowContext; readonly found: readonly FlowResult[]; readonly records: Records },
): Promise<void> {
  const entries = found.map(({ number, status, step }, i) => ({
    seq: context.logSeq + i,
    number,
    step: status === 'reached' ? step : null,
  }));
  // Another process may have taken the places first: then its order counts, and the rest is found again.
  await deps.rungs.appendLog(searchId, entries);
  const mine = new Set(found.map(({ number }) => number));
  for (;;) {
    const log = await deps.rungs.readLog(searchId, { from: context.logSeq, limit: BLOCK });
    const others = log.flatMap(({ number }) => (mine.has(number) ? [] : [number]));
    const which = { numbers: others, from: MAX_INT };
    const theirs = byNumber(others.length === 0 ? [] : await deps.rungs.rungRecords(searchId, which));
    for (const record of theirs.values()) takeIn(context, record);
    for (const { seq, number, step } of log) {
      const record = theirs.get(number) ?? records.get(number);
      const result = resultOf(context.spec, { number, toStep: step }, record);
      if (result !== null) context.flow.feed([result]);
      context.logSeq = seq + 1;
    }
    if (log.length < BLOCK) return;
    catchUp(context);
  }
}

/** Above every trial number, and an integer to Postgres. */
const MAX_INT = 2 ** 31 - 1;
