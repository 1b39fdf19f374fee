import { createHash } from 'node:crypto';
import {
  createFlow,
  type Flow,
  type FlowJob,
  type FlowResult,
  type LearningContext,
  learnsFromResults,
  type Outcome,
  outcomeAmong,
  type SuggestContext,
  startLearning,
} from '@caviar/search';
import { isFinal, type Params, type Round, type SearchSpec } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { needsMetrics, outcomeOfRung } from '../objective-value.js';
import type { RungRecord } from '../ports/rung-store.js';
import type { SearchForAdvance } from '../ports/search-store.js';
import { isLeading } from './flow-lead.js';
import { inBlocks, LEASE_MS, MANY } from './many-trials.js';
import type { PreparedSearch } from './prepared-search.js';

/** The program of one search as far as this process has followed it, and what it needs to carry out its commands. */
export interface FlowContext {
  readonly spec: SearchSpec;
  readonly flow: Flow;
  /** Rounds decided so far. */
  rounds: readonly Round[];
  /** A drawing sampler, prepared for the present round. */
  draw: SuggestContext | null;
  readonly learning: LearningContext | null;
  /** Params of the trials that the flow has made. */
  readonly params: Map<number, Params>;
  /** Trials that no learner has seen yet. */
  readonly unobserved: Set<number>;
  /** Trials in Postgres as they were last read, where the flow has not caught up with them. */
  readonly ahead: Map<number, RungRecord>;
  /** Steps from which trials were changed by hand, by number. */
  readonly editedFrom: Map<number, number>;
  /** All trials numbered below are in `ahead`, since they have just been read; null once that may be out of date. */
  readBelow: number | null;
  /** Next place in the log; `throughput` only. */
  logSeq: number;
}

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

function takeIn({ ahead, editedFrom }: FlowContext, record: RungRecord): void {
  ahead.set(record.number, record);
  if (record.editedFrom === null) {
    if (editedFrom.size > 0) editedFrom.delete(record.number);
  } else editedFrom.set(record.number, record.editedFrom);
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
  const context: FlowContext = {
    spec,
    flow: createFlow(spec, plan),
    rounds,
    draw: null,
    learning: learnsFromResults(spec) ? startLearning(spec, { rounds, spaceFirstNumber, prior }) : null,
    params: new Map(),
    unobserved: new Set(),
    ahead: new Map(),
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
    if (spec.reproducibility === 'strict') context.flow.feed(records.flatMap((record) => resultsOf(spec, record)));
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
  const { flow, ahead, spec } = context;
  const jobs = flow.running();
  const numbers = jobs.map(({ number }) => number);
  const which = { numbers, from: context.readBelow ?? context.params.size, withResult: true };
  context.readBelow = null;
  for (const record of await deps.rungs.rungRecords(searchId, which)) {
    takeIn(context, record);
  }
  const found = jobs.flatMap((job) => resultOf(spec, job, ahead.get(job.number)) ?? []);
  if (strict) return flow.feed(found);
  await feedByLog(deps, searchId, { context, found });
}

async function feedByLog(
  deps: Pick<Deps, 'rungs'>,
  searchId: string,
  { context, found }: { readonly context: FlowContext; readonly found: readonly FlowResult[] },
): Promise<void> {
  const entries = found.map(({ number, status, step }, i) => ({
    seq: context.logSeq + i,
    number,
    step: status === 'reached' ? step : null,
  }));
  // Another process may have taken the places first: then its order counts, and the rest is found again.
  await deps.rungs.appendLog(searchId, entries);
  const log = await deps.rungs.readLog(searchId, context.logSeq);
  const mine = new Set(found.map(({ number }) => number));
  const others = log.flatMap(({ number }) => (mine.has(number) ? [] : [number]));
  if (others.length > 0) {
    for (const record of await deps.rungs.rungRecords(searchId, { numbers: others, from: MAX_INT })) {
      takeIn(context, record);
    }
  }
  for (const { seq, number, step } of log) {
    const result = resultOf(context.spec, { number, toStep: step }, context.ahead.get(number));
    if (result !== null) context.flow.feed([result]);
    context.logSeq = seq + 1;
  }
}

/** Above every trial number, and an integer to Postgres. */
const MAX_INT = 2 ** 31 - 1;

/** What has come of a job; null while nothing has. */
function resultOf(spec: SearchSpec, { number, toStep }: FlowJob, record: RungRecord | undefined): FlowResult | null {
  if (record === undefined) return null;
  const entry = toStep === null ? undefined : record.rungs[toStep];
  if (toStep !== null && entry !== undefined) {
    return { number, step: toStep, ...outcomeOfRung(spec, entry), status: 'reached' };
  }
  if (!isFinal(record.status)) return null;
  const step = lastStepOf(record);
  return { number, step: Math.min(step, toStep ?? step), ...outcomeOf(spec, record), status: record.status };
}

/**
 * The step at which a trial ended, as far as its scheduler knows of it: code outside may end one beyond the step at which it was to
 * be compared, without a word on the way there.
 */
function lastStepOf({ step, targetStep }: RungRecord): number {
  return Math.min(step, targetStep ?? step);
}

/** All that has come of a trial. */
function resultsOf(spec: SearchSpec, record: RungRecord): FlowResult[] {
  const { number, status, step, targetStep, rungs } = record;
  const results: FlowResult[] = Object.entries(rungs).map(([at, entry]) => ({
    number,
    step: Number(at),
    ...outcomeOfRung(spec, entry),
    status: 'reached',
  }));
  // A trial that its scheduler ended came to a rung: that it ended there is the flow's own to find.
  const byScheduler = status === 'pruned' && targetStep !== null && step >= targetStep;
  if (!isFinal(status) || byScheduler) return results;
  return [...results, { number, step: lastStepOf(record), ...outcomeOf(spec, record), status }];
}

function outcomeOf(spec: SearchSpec, { value, metrics }: RungRecord): Outcome {
  return { ...outcomeAmong(spec, metrics), value };
}
