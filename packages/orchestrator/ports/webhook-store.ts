import type { Params } from '@caviar/spec';

export const WEBHOOK_EVENTS = ['search.completed', 'search.failed', 'trial.best'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** Somebody who is told of a search by HTTP. */
export interface Webhook {
  readonly id: string;
  readonly searchId: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  /** `failed`: it was tried too often and is left alone. */
  readonly status: 'active' | 'failed';
  /** Why the last try failed; null when it did not. */
  readonly reason: string | null;
  /** Tries that failed in a row. */
  readonly failures: number;
  readonly createdAt: Date;
}

/** What a webhook is to be told. */
export interface Notice {
  /** Place of the event in the search; a notice that is sent again has the same. */
  readonly seq: number;
  readonly event: WebhookEvent;
  readonly at: Date;
  /** Of an ended search. */
  readonly reason: string | null;
  /** The new best trial. */
  readonly trial: {
    readonly id: string;
    readonly number: number;
    readonly value: number;
    readonly params: Params;
    /** Lower is better. */
    readonly rankKey: number;
  } | null;
}

/** A webhook that one process has taken for a while, and what it has not been told. */
export interface DueWebhook extends Webhook {
  readonly secret: string;
  /** In order: each trial better than the one before, and than all that it has been told of. */
  readonly notices: readonly Notice[];
  /** All events up to here have been looked at. */
  readonly seq: number;
  /** By the database's clock. */
  readonly takenAt: Date;
  /** Proves that it is still the taker's. */
  readonly takenUntil: Date;
}

/** What came of telling. */
export interface Told {
  readonly id: string;
  readonly takenUntil: Date;
  /** All up to here has been told, or need not be; null leaves the place as it was. */
  readonly seq: number | null;
  /** Rank of the best trial it has been told of; null leaves it. */
  readonly best: number | null;
  /** Null when all went well. */
  readonly failure: { readonly reason: string; readonly retryMs: number; readonly isLast: boolean } | null;
}

export interface WebhookStore {
  /** Stores it, to be told of what happens from now on; null when there is no such search, or it has `limit` already. */
  create(
    webhook: Pick<Webhook, 'id' | 'searchId' | 'url' | 'events'> & { readonly secret: string },
    limit: number,
  ): Promise<Webhook | null>;
  /** Oldest first. */
  list(searchId: string): Promise<readonly Webhook[]>;
  /** False when there is none of that id. */
  delete(id: string): Promise<boolean>;
  /** The project of a webhook's search; null when there is none of that id. */
  projectOf(id: string): Promise<string | null>;
  /** Takes active webhooks whose search has gone on, and whose time has come, for `forMs`: no other process gets them meanwhile. */
  takeDue(limit: number, forMs: number): Promise<readonly DueWebhook[]>;
  /** Writes down what came of it and gives the webhook back, unless it is another's by now. */
  settle(told: Told): Promise<void>;
}
