import { createHash } from 'node:crypto';
import {
  historyNeeded,
  type LearningContext,
  type LearningSummary,
  observe,
  SUMMARY_FORM,
  startLearning,
  summarizeLearning,
} from '@caviar/search';
import { isFinal } from '@caviar/spec';
import type { Deps } from '../deps.js';
import { needsMetrics, toTrialRecord } from '../objective-value.js';
import type { SearchForAdvance } from '../ports/search-store.js';
import { inBlocks, LEASE_MS, MANY } from './many-trials.js';
import type { PreparedSearch } from './prepared-search.js';

/** Learners kept in memory; one that is gone is built anew from Postgres. */
const KEPT = 32;
const kept = new Map<string, LearningContext>();
/** Those that are being brought up to date, by the same keys. */
const opening = new Map<string, Promise<LearningContext | null>>();

/** Blocks after which a process that learns says so again, with what it has by then. */
const RENEW_EVERY = 32;
/** Trials after which a learner forgets what will not matter any more. Of each it holds about 700 bytes until then. */
const FORGET_EVERY = 1_024;
/** Or a trial for so many before: where configurations can come again, what it goes on from names all that were tried. */
const FORGET_ONE_IN = 64;
/** Trials after which it also stores a summary for others. */
const STORE_EVERY = 16_384;

export interface LearnerQuestion {
  readonly state: SearchForAdvance;
  readonly plan: PreparedSearch['plan'];
  /** Whether the one in memory is of no use: it has seen more than the next trial may go by. */
  readonly anew?: boolean;
}

type LearnerDeps = Pick<Deps, 'searches' | 'trials' | 'learning'>;

/**
 * The learner of a search, less than `MANY` trials behind what its next trial goes by. Null while another process is reading that
 * many: it goes on with the search, and soon there will be a summary.
 *
 * A learner follows from the trials below a number alone. So it does not matter who has read them, how far a summary reaches, nor
 * whether there is one.
 */
export async function learnerOf(deps: LearnerDeps, question: LearnerQuestion): Promise<LearningContext | null> {
  const { state, plan, anew = false } = question;
  const key = keyOf(question);
  const known = anew ? undefined : kept.get(key);
  const to = reachOf(state, plan);
  if (known !== undefined && to - known.firstUnobserved < MANY) return settled(deps, question, known);
  const others = opening.get(key);
  if (others !== undefined && !anew) return others;
  const opened = open(deps, question, { key, known, to });
  opening.set(key, opened);
  try {
    return await opened;
  } finally {
    if (opening.get(key) === opened) opening.delete(key);
  }
}

/** Number below which all trials have ended and may be gone by. */
function reachOf({ nextNumber, firstOpenNumber }: SearchForAdvance, plan: PreparedSearch['plan']): number {
  return plan.window === null ? firstOpenNumber : Math.min(firstOpenNumber, historyNeeded(plan, nextNumber));
}

async function open(
  deps: LearnerDeps,
  question: LearnerQuestion,
  { key, known, to }: { readonly key: string; readonly known: LearningContext | undefined; readonly to: number },
): Promise<LearningContext | null> {
  const { search } = question.state;
  if (to < MANY) return keep(key, known ?? (await begin(deps, question)));
  const digest = digestOf(key);
  const stored = await deps.learning.read(search.id, digest);
  const isOfUse = stored !== null && stored.below <= to && stored.below > (known?.firstUnobserved ?? 0);
  const learning = isOfUse ? await begin(deps, question, stored) : (known ?? (await begin(deps, question)));
  if (to - learning.firstUnobserved < MANY) return keep(key, learning);
  if (!(await deps.learning.take(search.id, digest, LEASE_MS))) return null;
  try {
    await catchUp(deps, learning, { search, to, digest });
    return keep(key, (await shrink(deps, question, { learning, isToStore: true })) ?? learning);
  } finally {
    await deps.learning.renew(search.id, digest, 0);
  }
}

/** Reads the trials below `to`, which have all ended. */
async function catchUp(
  { trials, learning: store }: LearnerDeps,
  learning: LearningContext,
  { search, to, digest }: { readonly search: SearchForAdvance['search']; readonly to: number; readonly digest: string },
): Promise<void> {
  const withMetrics = needsMetrics(search.spec);
  const range = { from: learning.firstUnobserved, below: to };
  let blocks = 0;
  for await (const records of inBlocks(range, (which) => trials.records(search.id, { ...which, withMetrics }))) {
    observe(
      learning,
      records.filter(({ status }) => isFinal(status)).map((trial) => toTrialRecord(search.spec, trial)),
    );
    if (++blocks % RENEW_EVERY !== 0) continue;
    const summary = summarizeLearning(learning);
    if (summary !== null) await store.keep(search.id, digest, summary, LEASE_MS);
    else await store.renew(search.id, digest, LEASE_MS);
  }
}

/** A learner that has taken in many trials since is made small, and now and then what it knows is stored. */
async function settled(
  deps: LearnerDeps,
  question: LearnerQuestion,
  learning: LearningContext,
): Promise<LearningContext> {
  const { begunAt, firstUnobserved } = learning;
  const most = Math.min(Math.max(FORGET_EVERY, begunAt / FORGET_ONE_IN), STORE_EVERY);
  if (firstUnobserved - begunAt < most) return learning;
  const isToStore = Math.floor(firstUnobserved / STORE_EVERY) > Math.floor(begunAt / STORE_EVERY);
  const small = await shrink(deps, question, { learning, isToStore });
  const key = keyOf(question);
  // It may have gone on meanwhile.
  if (small === null || kept.get(key) !== learning || learning.firstUnobserved !== small.firstUnobserved)
    return learning;
  return keep(key, small);
}

/** Goes on from a summary: the learner as it is, without all that it will not need again. Null where there is none. */
async function shrink(
  deps: LearnerDeps,
  question: LearnerQuestion,
  { learning, isToStore }: { readonly learning: LearningContext; readonly isToStore: boolean },
): Promise<LearningContext | null> {
  const summary = summarizeLearning(learning);
  if (summary === null) return null;
  if (isToStore) await deps.learning.keep(question.state.search.id, digestOf(keyOf(question)), summary, 0);
  return begin(deps, question, summary);
}

async function begin(
  { searches }: LearnerDeps,
  { state }: LearnerQuestion,
  summary?: LearningSummary,
): Promise<LearningContext> {
  const { search, spaces } = state;
  const needsPrior = search.spec.warmStart !== undefined;
  const prior = needsPrior ? await searches.prior(search.id) : [];
  const spaceFirstNumber = spaces.at(-1)?.firstNumber ?? 0;
  const learning = startLearning(search.spec, { spaceFirstNumber, rounds: search.rounds, prior }, summary);
  if (learning === null) throw new TypeError(`the sampler of ${search.id} does not learn`);
  return learning;
}

function keep(key: string, learning: LearningContext): LearningContext {
  kept.delete(key);
  const [oldest] = kept.keys();
  if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(key, learning);
  return learning;
}

/** All that a learner follows from, beside trials. */
function keyOf({ state: { search, spaces }, plan }: LearnerQuestion): string {
  const { name: _, stop: __, ...decisive } = search.spec;
  // `auto` may pick another sampler after a change of maxTrials.
  return JSON.stringify([
    search.id,
    search.spaceVersion,
    spaces.at(-1)?.firstNumber,
    search.rounds,
    plan.sampler,
    decisive,
  ]);
}

function digestOf(key: string): string {
  return createHash('sha256').update(`${SUMMARY_FORM} ${key}`).digest('base64url');
}
