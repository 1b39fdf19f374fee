import type { Metrics } from '@caviar/spec';
import { DomainError } from '../errors.js';
import { objectiveValue, toRungEntry } from '../objective-value.js';
import type { TrialControl } from '../ports/trial-store.js';
import type { DeskContext, StepDecision } from './external-desk.js';
import { decodeLease, type Lease } from './lease-token.js';
import { explainLoss, hasArrived, leaseLost, NOT_OF_TRIAL } from './lost-lease.js';

const GO_ON: StepDecision = { decision: 'continue', reason: null };

/** Stores the metrics of a step, renews the lease, and says how to go on. Repeating a step changes nothing. */
export async function measure(
  context: DeskContext,
  trialId: string,
  { leaseToken, step, metrics }: { readonly leaseToken: string; readonly step: number; readonly metrics: Metrics },
): Promise<StepDecision> {
  const lease = await readLease(context, trialId, leaseToken);
  const { searchId, attempt, takenAt } = lease;
  const measurement = { searchId, trialId, attempt, step, metrics, takenAt };
  if (lease.targetStep !== null && step >= lease.targetStep) return arrive(context, lease, measurement);
  const control = await context.deps.asks.measure(measurement, lease.leaseMs);
  context.deps.signals.publish(lease.searchId);
  return obey(context, lease, control);
}

/** Renews the lease, and says how to go on. */
export async function heartbeat(context: DeskContext, trialId: string, leaseToken: string): Promise<StepDecision> {
  const lease = await readLease(context, trialId, leaseToken);
  const controls = await context.deps.trials.renew([lease], lease.leaseMs);
  return obey(context, lease, controls.get(trialId) ?? 'lost');
}

/** The lease that a token says, if it is one of that trial. */
export async function readLease({ deps }: DeskContext, trialId: string, token: string): Promise<Lease> {
  const lease = decodeLease(token);
  if (lease?.trialId === trialId) return lease;
  if ((await deps.trials.get(trialId)) === null) {
    throw new DomainError('trial-not-found', `There is no trial ${trialId}`);
  }
  throw leaseLost(NOT_OF_TRIAL);
}

/** The trial has come to where its scheduler compares it with others: it is given back, and asked for again if it goes on. */
async function arrive(
  context: DeskContext,
  lease: Lease,
  measurement: { readonly step: number; readonly metrics: Metrics; readonly takenAt: number },
): Promise<StepDecision> {
  const { deps, specOf, advance } = context;
  const { searchId, trialId, attempt } = lease;
  if ((await deps.trials.get(trialId))?.searchId !== searchId) return afterLoss(context, lease);
  const report = { trialId, attempt, ...measurement };
  const spec = await specOf(searchId);
  const { metrics } = measurement;
  const valued = { ...objectiveValue(spec, metrics), entry: toRungEntry(spec, metrics) };
  const arrived = await deps.rungs.arrive([{ ...report, ...valued, checkpoint: null }], [report]);
  if (arrived.length === 0) return obey(context, lease, 'lost');
  deps.signals.publish(searchId);
  await advance(searchId);
  return { decision: 'pause', reason: waitsAt(measurement.step) };
}

function waitsAt(step: number): string {
  return `waits at step ${step} for its scheduler`;
}

async function obey(context: DeskContext, lease: Lease, control: TrialControl): Promise<StepDecision> {
  switch (control) {
    case 'continue':
    case 'edit':
      return GO_ON;
    case 'pause':
      return pause(context, lease);
    case 'cancel':
      return { decision: 'stop', reason: await reasonToStop(context, lease) };
    case 'lost':
      return afterLoss(context, lease);
  }
}

/**
 * The search is paused, or the trial: it waits, without a lease that would run out meanwhile. Who trains it to its end all the same may
 * still say so, as long as nobody else has it.
 */
async function pause({ deps }: DeskContext, { searchId, trialId, attempt }: Lease): Promise<StepDecision> {
  const isSearch = (await deps.searches.get(searchId))?.status === 'paused';
  const reason = isSearch ? 'the search is paused' : 'paused by hand';
  await deps.trials.release([{ trialId, attempt, to: 'paused', reason, checkpoint: null, keepsLease: true }]);
  deps.signals.publish(searchId);
  const isResumed = !isSearch && (await deps.trials.get(trialId))?.status === 'queued';
  return { decision: 'pause', reason: isResumed ? 'it was paused, and is handed out again to who asks' : reason };
}

async function reasonToStop({ deps }: DeskContext, { searchId, trialId }: Lease): Promise<string> {
  const trial = await deps.trials.get(trialId);
  const search = trial?.searchId === searchId ? await deps.searches.get(searchId) : null;
  if (search !== null && search.status !== 'running' && search.status !== 'paused') {
    return search.reason ?? `the search is ${search.status}`;
  }
  return trial?.reason ?? 'the trial was cancelled';
}

/** A trial that was told to pause says so again, as often as it is asked; any other has gone to somebody else, or ended. */
async function afterLoss({ deps }: DeskContext, lease: Lease): Promise<StepDecision> {
  const { searchId, trialId, attempt } = lease;
  const trial = await deps.trials.get(trialId);
  if (trial === null) throw new DomainError('trial-not-found', `There is no trial ${trialId}`);
  if (trial.searchId !== searchId) throw leaseLost(NOT_OF_TRIAL);
  if (trial.attempts === attempt) {
    if (trial.status === 'paused') return { decision: 'pause', reason: trial.reason };
    if (await hasArrived(deps, lease, trial)) return { decision: 'pause', reason: waitsAt(trial.step) };
  }
  const { message } = await explainLoss(deps, lease, trial);
  throw leaseLost(message);
}
