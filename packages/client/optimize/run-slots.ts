import type { AskedView, FinishBody } from '@caviar/contracts';
import type { Client } from '../calls.js';
import { sleep } from '../retry.js';
import { createDeferred } from './deferred.js';
import { HeldTrial } from './held-trial.js';

export interface SlotOptions {
  readonly client: Client;
  readonly searchId: string;
  /** Trials at the same time. */
  readonly slots: number;
  /** Of this run: slots are named after it, so that an answer which was lost is given again. */
  readonly worker: string;
  readonly leaseMs: number;
  readonly runtime?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Calls the caller's function; what it does not throw is how the trial ends. */
  readonly train: (held: HeldTrial) => Promise<Omit<FinishBody, 'leaseToken'>>;
  readonly signal?: AbortSignal | undefined;
}

const ASK_AGAIN_MS = 1000;
/** How long giving back may take; if it does not get through, the lease runs out. */
const GIVE_BACK_MS = 5000;

/** Trains trials of a search in slots until it has ended. On the way out by an error, trials that are held are given back. */
export async function runSlots(options: SlotOptions): Promise<void> {
  const { client, searchId, worker, leaseMs, runtime, train } = options;
  const trials = new Map<string, HeldTrial>();
  const ending = new AbortController();
  const abort = () => ending.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', abort, { once: true });
  if (options.signal?.aborted) abort();
  const { signal } = ending;
  signal.addEventListener('abort', () => {
    for (const held of trials.values()) held.leave();
  });

  const functions = new Set<Promise<void>>();
  // A trial that rests or ends may make another one available.
  let change = createDeferred<void>();
  const changed = () => {
    change.resolve();
    change = createDeferred();
  };

  function start(handedOut: AskedView['trials'][number]): HeldTrial {
    const held = new HeldTrial(client, handedOut, leaseMs);
    trials.set(held.id, held);
    const run = train(held).then((outcome) => held.end(outcome));
    functions.add(run);
    const forget = () => functions.delete(run);
    run.then(forget, forget);
    return held;
  }

  /** Parked trials that were ended meanwhile are let go, one look at a time: the one that was not looked at for longest. */
  async function lookAfterParked(): Promise<void> {
    const held = [...trials.values()].find(({ isParked }) => isParked);
    if (held === undefined) return;
    const { endedAt, reason, status } = await client.getTrial(held.id, { signal });
    if (!held.isParked) return;
    trials.delete(held.id);
    if (endedAt === null) trials.set(held.id, held);
    else held.stop('lost', reason ?? `the trial was ${status}`);
  }

  async function slot(name: string): Promise<void> {
    const asker = { worker: name, leaseMs, runtime };
    const ask = () => client.ask(searchId, { count: 1, ...asker }, { signal });
    let since = change.promise; // before the question: what happens while it is underway counts
    let asked = await ask();
    while (!asked.done) {
      const [handedOut] = asked.trials;
      if (handedOut === undefined) {
        await Promise.race([since, sleep(asked.retryAfterMs ?? ASK_AGAIN_MS, signal)]);
        await lookAfterParked();
        since = change.promise;
        asked = await ask();
        continue;
      }
      const known = trials.get(handedOut.id);
      known?.resume(handedOut);
      const held = known ?? start(handedOut);
      const rest = await held.rest;
      if (rest.kind === 'parked') await lookAfterParked();
      const finish = rest.kind === 'ended' ? rest.finish : null;
      const finishes = finish === null ? [] : [{ trialId: held.id, ...finish }];
      since = change.promise;
      // One that is refused was lost to somebody else: nothing to be done.
      asked = await client.tell(searchId, { finishes, ask: 1, ...asker }, { signal });
      if (rest.kind === 'ended') trials.delete(held.id);
      changed();
    }
  }

  try {
    const slots = Array.from({ length: options.slots }, (_, index) => slot(`${worker}/${index}`));
    await Promise.all(slots);
    for (const held of trials.values()) held.stop('lost', 'the search has ended');
    await Promise.all(functions);
  } catch (error) {
    ending.abort(error);
    await Promise.all([...trials.values()].map((held) => giveBack(client, held)));
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}

async function giveBack(client: Client, held: HeldTrial): Promise<void> {
  const { id, leaseToken, isParked } = held;
  held.stop('lost', 'given back');
  if (isParked) return;
  const signal = AbortSignal.timeout(GIVE_BACK_MS);
  await client.releaseTrial(id, { leaseToken, reason: 'interrupted' }, { signal }).catch(() => {});
}
