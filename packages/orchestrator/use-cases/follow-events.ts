import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import type { EventPosition, SearchEvent, Transition } from '../ports/event-store.js';
import { pause } from './pause.js';
import { getSearch } from './read-searches.js';

/** Rows read at a time. */
const ROWS = 200;
/** How often a reader looks by itself, in case a signal was lost. */
const LOOK_MS = 1_000;
/** Signals within this time are one look: a search that changes a thousand times a second is not read as often. */
const REST_MS = 25;
const PRUNED_AT_ONCE = 10_000;
/** Transitions of one trial that are shown. */
const HISTORY_LIMIT = 1_000;

export interface FollowOptions {
  /** Null: from now on, beginning with the status of the search. */
  readonly after: EventPosition | null;
  readonly signal: AbortSignal;
}

/** Events in order, and when they were read, by the database's clock, which is that of the events. */
export interface EventBatch {
  readonly events: readonly SearchEvent[];
  readonly readAt: Date;
}

/**
 * Follows the events of a search until `signal` aborts or the search is deleted. Throws before the first batch when there is no
 * such search, or `events-gone` when events after the position are not kept any more.
 *
 * Readers at the same place share one question to the database: the function is to be made once per process.
 */
export function createFollower(
  deps: Pick<Deps, 'searches' | 'events' | 'signals'>,
): (searchId: string, options: FollowOptions) => AsyncGenerator<EventBatch, void> {
  const asked = new Map<string, ReturnType<Deps['events']['after']>>();

  function read(searchId: string, position: EventPosition) {
    const key = `${searchId} ${position.seq} ${position.items ?? 0}`;
    let answer = asked.get(key);
    if (answer === undefined) {
      answer = deps.events.after(searchId, position, ROWS).finally(() => asked.delete(key));
      asked.set(key, answer);
    }
    return answer;
  }

  return async function* follow(searchId, { after, signal }) {
    let position = after;
    let wake = () => {};
    // Subscribed before the first look: a change between the two would be missed otherwise.
    const unsubscribe = deps.signals.subscribe(searchId, () => wake());
    try {
      if (position === null) {
        const beginning = await present(searchId);
        position = beginning.position;
        yield { events: [beginning], readAt: beginning.at };
      }
      let hasYielded = false;
      for (let looks = 0; !signal.aborted; looks++) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const answer = await read(searchId, position);
        if (answer === null && looks > 0) return;
        if (answer === null) throw new DomainError('search-not-found', `There is no search ${searchId}`);
        // A place that has not been reached is one of another database, before it was restored.
        if (!answer.isWhole || position.seq > answer.newest) throw gone(position);
        position = answer.upTo;
        const hasAll = position.seq >= answer.newest;
        if (answer.events.length > 0) {
          yield answer;
          await pause(REST_MS, signal);
        } else if (!hasYielded && hasAll) {
          yield answer;
        }
        hasYielded ||= answer.events.length > 0 || hasAll;
        if (hasAll) await pause(LOOK_MS, signal, woken);
      }
    } finally {
      unsubscribe();
    }
  };

  /** The search as it is now, at the place of its newest event. */
  async function present(searchId: string): Promise<SearchEvent> {
    // Read before the status: what changes in between is told again, not missed.
    const answer = await deps.events.after(searchId, { seq: Number.MAX_SAFE_INTEGER }, 1);
    const { status, reason } = await getSearch(deps, searchId);
    if (answer === null) throw new DomainError('search-not-found', `There is no search ${searchId}`);
    const { newest: seq, readAt: at } = answer;
    return { kind: 'search', position: { seq }, at, from: status, status, reason };
  }
}

function gone({ seq }: EventPosition): DomainError {
  return new DomainError('events-gone', `Events after ${seq} are not kept any more`);
}

/** What became of a trial, transition by transition. */
export async function getHistory(deps: Pick<Deps, 'trials' | 'events'>, id: string): Promise<readonly Transition[]> {
  if ((await deps.trials.get(id)) === null) throw new DomainError('trial-not-found', `There is no trial ${id}`);
  return deps.events.history(id, HISTORY_LIMIT);
}

/** Removes events that are older than that, some at a time so that no statement takes long. Every process may do it at any time. */
export async function pruneEvents({ events }: Pick<Deps, 'events'>, olderThanMs: number): Promise<void> {
  while ((await events.prune(olderThanMs, PRUNED_AT_ONCE)) === PRUNED_AT_ONCE);
}
