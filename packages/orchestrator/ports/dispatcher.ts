import type { TrialRef } from './trial-store.js';

/** The queue: a nudge, never the truth. A call that fails is made up for by the reconciler. */
export interface Dispatcher {
  /** Hands trials to whichever worker is free. The same attempt dispatched twice is delivered once, or claimed once. */
  dispatch(trials: readonly TrialRef[], options?: { readonly trialsPerJob?: number }): Promise<void>;
}

/** Tells every process that a search has changed. Lossy: listeners also look now and then. */
export interface SearchSignals {
  publish(searchId: string): void;
  /** Calls back on changes of one search until the returned function is called. */
  subscribe(searchId: string, listener: () => void): () => void;
}
