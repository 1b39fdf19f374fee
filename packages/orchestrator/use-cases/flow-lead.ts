import type { Deps } from '../deps.js';
import { inRounds } from '../rounds.js';
import type { DispatchOptions } from './dispatch.js';
import { LEASE_MS } from './many-trials.js';

/** After how much of its lease a process that leads says so again. */
const RENEW_AFTER_MS = 1_000;
/** Searches that a process leads at most: the oldest is left to others. */
const MOST = 64;

interface Lead {
  readonly unsubscribe: () => void;
  renewedAt: number;
  /** Of the last time that this process had trials of its own end. */
  options: DispatchOptions;
}

const leads = new Map<string, Lead>();

/** A search with many trials and a scheduler, whose flow few processes follow for all. */
export interface Led {
  readonly searchId: string;
  /** What the flow is known by in the store. */
  readonly key: string;
  readonly options: DispatchOptions;
  /** Takes the search as far as it can go. */
  readonly advance: (options: DispatchOptions) => Promise<void>;
}

type LeadDeps = Pick<Deps, 'learning' | 'signals' | 'logger'>;

/** Whether this process leads a search. */
export function isLeading(searchId: string): boolean {
  return leads.has(searchId);
}

/** Goes on leading a search: says so, and listens to those who leave it to this process. */
export async function lead(deps: LeadDeps, { searchId, key, options, advance }: Led): Promise<void> {
  const known = leads.get(searchId);
  if (known !== undefined) {
    if (options.trialsPerJob !== undefined) known.options = options;
    if (performance.now() - known.renewedAt < RENEW_AFTER_MS) return;
    known.renewedAt = performance.now();
  } else {
    const go = inRounds(async () => {
      try {
        await advance(leads.get(searchId)?.options ?? options);
      } catch (error) {
        deps.logger.warn({ searchId, err: error }, 'could not advance; the reconciler will');
      }
    });
    const unsubscribe = deps.signals.subscribe(signalOf(searchId), () => void go(searchId));
    leads.set(searchId, { unsubscribe, renewedAt: performance.now(), options });
    const [oldest] = leads;
    if (leads.size > MOST && oldest !== undefined) {
      oldest[1].unsubscribe();
      leads.delete(oldest[0]);
    }
  }
  await deps.learning.renew(searchId, key, LEASE_MS);
}

/** Tells whoever leads a search that there is something to do. Where the signal is lost the reconciler comes by. */
export function leaveToLeader({ signals }: Pick<Deps, 'signals'>, searchId: string): void {
  signals.publish(signalOf(searchId));
}

/** The same by a process that may not lead: a worker is to begin where none does. */
export function leaveToWorkers(deps: Pick<Deps, 'signals'>, searchId: string): void {
  leaveToLeader(deps, searchId);
  deps.signals.publish(WORKERS);
}

/** Of a worker: hears when there is a search to take further that a process which may not lead has left. Gives what ends that. */
export function hearWorkersCalled({ signals }: Pick<Deps, 'signals'>, called: () => void): () => void {
  return signals.subscribe(WORKERS, called);
}

const WORKERS = 'flows';

/** Heard by those who lead alone: everybody else hears of the search itself. */
function signalOf(searchId: string): string {
  return `flow ${searchId}`;
}
