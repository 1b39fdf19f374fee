import type { AskedView, DecisionView, FinishBody } from '@caviar/contracts';
import type { Client } from '../calls.js';
import { ProblemError } from '../problem-error.js';
import { createDeferred, type Deferred } from './deferred.js';
import { reasonFrom } from './reason.js';

type HandedOut = AskedView['trials'][number];
type Metrics = Readonly<Record<string, number | null>>;

/** Thrown by `report` when there is no use in going on: the search has stopped the trial, or somebody else has it. */
export class TrialStopped extends Error {
  override readonly name = 'TrialStopped';

  constructor(
    /** `lost`: the trial is no longer ours, and whatever is reported of it is dropped. */
    readonly kind: 'stopped' | 'lost',
    reason: string,
  ) {
    super(reason);
  }
}

/** How a turn of a slot with a trial ended. */
export type Rest = { readonly kind: 'parked' } | { readonly kind: 'ended'; readonly finish: FinishBody | null };

/** Beats per lease: two may be lost before the trial is. */
const BEATS_PER_LEASE = 3;

/**
 * A trial that runs here, from its first lease to its end. When it is told to pause, the caller's function stays where it is, in
 * `report`, and goes on from there when the trial is handed out again: no checkpoint is needed for that.
 */
export class HeldTrial {
  readonly id: string;
  readonly number: number;
  readonly params: HandedOut['params'];
  readonly step: number;
  readonly #client: Client;
  readonly #beatMs: number;
  readonly #ending = new AbortController();
  #leaseToken: string;
  #timer: ReturnType<typeof setInterval> | undefined;
  #parked: Deferred<void> | null = null;
  #rest = createDeferred<Rest>();
  #outcome: Omit<FinishBody, 'leaseToken'> | 'lost' | null = null;

  constructor(client: Client, { id, number, params, step, leaseToken }: HandedOut, leaseMs: number) {
    this.#client = client;
    this.id = id;
    this.number = number;
    this.params = params;
    this.step = step;
    this.#leaseToken = leaseToken;
    this.#beatMs = leaseMs / BEATS_PER_LEASE;
    this.#beat();
  }

  /** Aborts when there is no use in going on; its reason is a `TrialStopped`. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  get leaseToken(): string {
    return this.#leaseToken;
  }

  get isParked(): boolean {
    return this.#parked !== null;
  }

  /** Resolves when the slot that has the trial is free for another one. */
  get rest(): Promise<Rest> {
    return this.#rest.promise;
  }

  /** Stores the metrics of a step. While the trial is to wait, so does this. @throws TrialStopped */
  async report(step: number, metrics: Metrics): Promise<void> {
    for (;;) {
      await this.#going();
      const leaseToken = this.#leaseToken;
      let decision: DecisionView;
      try {
        decision = await this.#client.addMeasurement(this.id, { leaseToken, step, metrics });
      } catch (error) {
        if (!isLost(error)) throw error;
        if (leaseToken !== this.#leaseToken) continue; // it was handed out to us again meanwhile
        this.stop('lost', error.message);
        throw this.signal.reason;
      }
      if (leaseToken === this.#leaseToken) this.#obey(decision);
      return this.#going();
    }
  }

  /** The caller's function has returned, or thrown: what becomes of the trial. A parked one is finished when it goes on. */
  end(outcome: Omit<FinishBody, 'leaseToken'>): void {
    if (this.#outcome !== 'lost') this.#outcome ??= outcome;
    if (!this.isParked) this.#settle();
  }

  /** The trial was handed out to us again. */
  resume({ leaseToken }: Pick<HandedOut, 'leaseToken'>): void {
    this.#leaseToken = leaseToken;
    const parked = this.#parked;
    this.#parked = null;
    this.leave(); // the slot that thought it had it
    this.#rest = createDeferred();
    if (this.#outcome === null) this.#beat();
    else this.#settle();
    parked?.resolve();
  }

  /** Has the slot go on without the trial. */
  leave(): void {
    this.#rest.resolve({ kind: 'parked' });
  }

  /** There is no use in going on. */
  stop(kind: TrialStopped['kind'], reason: string): void {
    clearInterval(this.#timer);
    if (this.signal.aborted) return;
    const stopped = new TrialStopped(kind, reason);
    this.#outcome = kind === 'lost' ? 'lost' : { status: 'cancelled', reason: reasonFrom(reason) };
    this.#ending.abort(stopped);
    this.#parked?.reject(stopped);
  }

  #settle(): void {
    clearInterval(this.#timer);
    const { leaseToken } = this;
    const outcome = this.#outcome;
    this.#rest.resolve({
      kind: 'ended',
      finish: outcome === null || outcome === 'lost' ? null : { leaseToken, ...outcome },
    });
  }

  async #going(): Promise<void> {
    this.signal.throwIfAborted();
    await this.#parked?.promise;
  }

  #obey({ decision, reason }: DecisionView): void {
    if (decision === 'stop') this.stop('stopped', reason ?? 'the search has stopped the trial');
    if (decision !== 'pause' || this.isParked) return;
    clearInterval(this.#timer);
    this.#parked = createDeferred();
    this.leave();
  }

  #beat(): void {
    clearInterval(this.#timer);
    let isUnderway = false;
    this.#timer = setInterval(async () => {
      if (isUnderway) return; // while the service is away
      isUnderway = true;
      const leaseToken = this.#leaseToken;
      try {
        const decision = await this.#client.heartbeat(this.id, leaseToken, { signal: this.signal });
        if (leaseToken === this.#leaseToken) this.#obey(decision);
      } catch (error) {
        // Other errors pass, or the next report says them.
        if (isLost(error) && leaseToken === this.#leaseToken && !this.isParked) this.stop('lost', error.message);
      } finally {
        isUnderway = false;
      }
    }, this.#beatMs);
  }
}

export function isLost(error: unknown): error is ProblemError {
  return (
    error instanceof ProblemError &&
    (error.code === 'lease-lost' || error.code === 'trial-ended' || error.code === 'trial-not-found')
  );
}
