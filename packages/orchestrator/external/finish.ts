import {
  type Metrics,
  objectivesOf,
  type SearchSpec,
  type SpecIssue,
  type Trial,
  type TrialStatus,
} from '@caviar/spec';
import { DomainError } from '../errors.js';
import { asItEnded, valueAtEnd } from '../objective-value.js';
import type { TrialFailure, TrialFinish } from '../ports/trial-store.js';
import { notExternal } from './ask.js';
import type { DeskContext, FinishAnswer, FinishRequest } from './external-desk.js';
import { decodeLease, type Lease } from './lease-token.js';
import { explainLoss, leaseLost, NOT_OF_TRIAL } from './lost-lease.js';
import { readLease } from './measure.js';

/** A finish that may be stored, as it would be. */
interface Ending {
  readonly request: FinishRequest;
  readonly lease: Lease;
  readonly status: FinishRequest['status'];
  readonly metrics: Metrics;
  readonly reason: string | null;
}

/** Ends one trial. The same finish again changes nothing; another one is refused. */
export async function finishOne(context: DeskContext, request: FinishRequest): Promise<Trial> {
  const { searchId } = await readLease(context, request.trialId, request.leaseToken);
  const spec = await context.specOf(searchId);
  if (spec?.trainer.kind !== 'external') throw leaseLost(NOT_OF_TRIAL);
  const [answer] = await finishEach(context, [request], { searchId, spec, pathOf: () => [] });
  const problem = answer?.problem ?? null;
  if (problem !== null) throw new DomainError(problem.code, problem.detail);
  const trial = await context.deps.trials.get(request.trialId);
  if (trial === null) throw new DomainError('trial-not-found', `There is no trial ${request.trialId}`);
  return trial;
}

/**
 * Ends trials of a search in one statement and lets the search go on. Each finish is answered by itself; the whole is
 * refused only when a request makes no sense, and then nothing is stored.
 */
export async function finishAll(
  context: DeskContext,
  requests: readonly FinishRequest[],
  searchId: string,
): Promise<readonly FinishAnswer[]> {
  const spec = await context.specOf(searchId);
  if (spec === null) throw new DomainError('search-not-found', `There is no search ${searchId}`);
  if (spec.trainer.kind !== 'external') throw notExternal(spec);
  if (requests.length === 0) return [];
  return finishEach(context, requests, { searchId, spec, pathOf: (index) => ['finishes', index] });
}

interface FinishOptions {
  readonly searchId: string;
  readonly spec: SearchSpec;
  /** Where in the caller's body a request stands. */
  readonly pathOf: (index: number) => readonly (string | number)[];
}

async function finishEach(
  context: DeskContext,
  requests: readonly FinishRequest[],
  { searchId, spec, pathOf }: FinishOptions,
): Promise<readonly FinishAnswer[]> {
  const { deps, advance } = context;
  const answers = new Map<string, FinishAnswer>();
  const endings: Ending[] = [];
  const issues: SpecIssue[] = [];
  const seen = new Set<string>();
  const measured = await lastMetrics(context, requests);
  for (const [index, request] of requests.entries()) {
    const { trialId } = request;
    if (seen.has(trialId))
      issues.push({ path: [...pathOf(index), 'trialId'], message: 'is finished twice in one request' });
    seen.add(trialId);
    const lease = decodeLease(request.leaseToken);
    const isOfTrial = lease?.trialId === trialId && lease.searchId === searchId;
    const last = isOfTrial ? measured(lease) : NOTHING;
    const metrics = request.metrics ?? last.metrics;
    const missing = missingObjectives(request, metrics, spec);
    // Of a trial that is not held any more, and was measured by others or not at all, there is something else to say.
    const isAsked = request.metrics !== undefined || last.isHeld;
    if (isAsked && missing.length > 0)
      issues.push({ path: [...pathOf(index), 'metrics'], message: needs(missing, request) });
    const { status, reason = null } = request;
    if (isOfTrial) endings.push({ request, lease, metrics, ...asItEnded(spec, { status, metrics, reason }) });
    else answers.set(trialId, answerOf(request, leaseLost(NOT_OF_TRIAL)));
  }
  // Before anything is stored.
  if (issues.length > 0) throw new DomainError('invalid-request', 'The finish does not make sense', { issues });

  const failed = endings.filter(({ status }) => status === 'failed');
  const ended = endings.filter(({ status }) => status !== 'failed');
  await deps.trials.fail(failed.map((ending) => failureOf(ending, spec.trainer.maxRetries)));
  const stored = new Set(
    await deps.trials.finish(
      ended.map((ending) => finishOf(ending, spec)),
      ended.flatMap(measurementOf),
    ),
  );
  for (const ending of endings) {
    const { trialId } = ending.request;
    const isStored = stored.has(trialId);
    answers.set(trialId, isStored ? { trialId, status: ending.status, problem: null } : await compare(context, ending));
  }
  if (endings.length > 0) {
    deps.signals.publish(searchId);
    await advance(searchId);
  }
  return requests.map(({ trialId }) => answers.get(trialId)!);
}

const NOTHING: { readonly metrics: Metrics; readonly isHeld: boolean } = { metrics: {}, isHeld: false };

/** What was measured last of the trials that are finished without metrics, by lease, and whether they are held under it. */
async function lastMetrics({ deps }: DeskContext, requests: readonly FinishRequest[]) {
  const silent = requests.flatMap(({ metrics, leaseToken }) =>
    metrics === undefined ? [decodeLease(leaseToken)] : [],
  );
  const leases = silent.filter((lease) => lease !== null);
  if (leases.length === 0) return () => NOTHING;
  const controls = await deps.trials.controls(leases);
  const trials = await deps.trials.getMany(leases.map(({ trialId }) => trialId));
  const byId = new Map(trials.map((trial) => [trial.id, trial]));
  return ({ searchId, trialId, attempt }: Lease): typeof NOTHING => {
    const trial = byId.get(trialId);
    if (trial?.searchId !== searchId) return NOTHING;
    return { metrics: trial.metrics, isHeld: trial.attempts === attempt && controls.get(trialId) !== 'lost' };
  };
}

/** Objectives that a completed trial needs, and does not have. One that is not finite is there: as null. */
function missingObjectives({ status }: FinishRequest, metrics: Metrics, spec: SearchSpec): readonly string[] {
  if (status !== 'completed') return [];
  return objectivesOf(spec).flatMap(({ metric }) => (Object.hasOwn(metrics, metric) ? [] : [metric]));
}

function needs(missing: readonly string[], { metrics }: FinishRequest): string {
  const names = missing.map((name) => `"${name}"`).join(', ');
  const what = missing.length === 1 ? `the objective ${names}` : `the objectives ${names}`;
  return metrics === undefined ? `needs ${what}, which has not been measured either` : `needs ${what}`;
}

function finishOf({ request, lease, status, metrics, reason }: Ending, spec: SearchSpec): TrialFinish {
  const { searchId, trialId, attempt } = lease;
  return {
    searchId,
    trialId,
    attempt,
    status,
    ...valueAtEnd(spec, status, metrics),
    step: request.step ?? null,
    metrics,
    reason,
    takenAt: lease.takenAt,
  };
}

function failureOf({ lease: { searchId, trialId, attempt }, reason }: Ending, maxRetries: number): TrialFailure {
  return { searchId, trialId, attempt, reason: reason ?? NO_REASON, maxRetries };
}

const NO_REASON = 'the training code failed';
/** Tried again now or later, or not: it was not wanted any more, or has failed too often. */
const AFTER_FAILING: ReadonlySet<TrialStatus> = new Set(['queued', 'paused', 'cancelled', 'failed']);

function measurementOf({ request: { step, metrics }, lease }: Ending) {
  if (step === undefined || metrics === undefined) return [];
  const { trialId, attempt, takenAt } = lease;
  return [{ trialId, attempt, step, metrics, takenAt }];
}

/** What is true of a trial that the statement did not end: it has ended so before, or otherwise, or is another's. */
async function compare({ deps }: DeskContext, ending: Ending): Promise<FinishAnswer> {
  const { request, lease, status, metrics, reason } = ending;
  const trial = await deps.trials.get(request.trialId);
  // A trial of another search is not there: it may not be the caller's to know of.
  if (trial === null || trial.searchId !== lease.searchId) {
    return answerOf(request, new DomainError('trial-not-found', `There is no trial ${request.trialId}`));
  }
  const isSame =
    status === 'failed'
      ? AFTER_FAILING.has(trial.status) && trial.reason === (reason ?? NO_REASON)
      : trial.status === status && trial.reason === reason && sameMetrics(trial.metrics, metrics);
  if (isSame && trial.attempts === lease.attempt) return { trialId: trial.id, status: trial.status, problem: null };
  return answerOf(request, await explainLoss(deps, lease, trial));
}

function sameMetrics(a: Metrics, b: Metrics): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}

function answerOf({ trialId }: FinishRequest, { code, message }: DomainError): FinishAnswer {
  return { trialId, status: null, problem: { code: code as 'lease-lost', detail: message } };
}
