import type { Deps } from '../deps.js';
import type { DueWebhook, Notice, Told } from '../ports/webhook-store.js';

/** Tells one notice over the network, at a time of the database's clock; gives why it failed, or null. */
export type SendNotice = (webhook: DueWebhook, notice: Notice, at: Date) => Promise<string | null>;

/** What came of one look at a webhook. */
export type Delivery = 'told' | 'failed' | 'given up';

/** Of one look; the next one, a second later, is another process' as long as this one is not done. */
const AT_ONCE = 32;
/** Longer than all notices of one look can take. */
const TAKEN_MS = 60_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 3_600_000;
/** Tries in a row, some four hours in all, after which a webhook is left alone. */
const MAX_TRIES = 15;

/**
 * Tells the webhooks whose searches have gone on, each in the order of events, at least once. Every process may do it at any time, and one at a time is asked to:
 * one that dies in between leaves its webhooks to the others.
 */
export async function deliverWebhooks(
  { webhooks, logger }: Pick<Deps, 'webhooks' | 'logger'>,
  send: SendNotice,
): Promise<readonly Delivery[]> {
  const due = await webhooks.takeDue(AT_ONCE, TAKEN_MS);
  return Promise.all(
    due.map(async (webhook): Promise<Delivery> => {
      const told = await tell(webhook, send);
      await webhooks.settle(told);
      const { failure } = told;
      if (failure === null) return 'told';
      logger.info({ webhookId: webhook.id, ...failure }, 'a webhook was not told');
      return failure.isLast ? 'given up' : 'failed';
    }),
  );
}

async function tell(webhook: DueWebhook, send: SendNotice): Promise<Told> {
  const { id, takenAt, takenUntil } = webhook;
  const from = performance.now();
  // Receivers refuse what was signed long ago: a worker's own clock may be wrong.
  const now = () => new Date(takenAt.getTime() + performance.now() - from);
  let seq: number | null = null;
  let best: number | null = null;
  for (const notice of worthTelling(webhook)) {
    const reason = webhook.events.includes(notice.event) ? await send(webhook, notice, now()) : null;
    if (reason !== null) {
      const tries = seq === null ? webhook.failures + 1 : 1;
      const failure = { reason, retryMs: retryAfterMs(tries), isLast: tries >= MAX_TRIES };
      return { id, takenUntil, seq, best, failure };
    }
    seq = notice.seq;
    best = notice.trial?.rankKey ?? best;
  }
  return { id, takenUntil, seq: webhook.seq, best, failure: null };
}

/** Of bests that came close together only the last one is news. */
function worthTelling({ notices }: DueWebhook): readonly Notice[] {
  const lastBest = notices.findLast(({ event }) => event === 'trial.best');
  return notices.filter((notice) => notice.event !== 'trial.best' || notice === lastBest);
}

/** 1, 2, 4, ... seconds, an hour at most. */
export function retryAfterMs(tries: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (tries - 1), LONGEST_RETRY_MS);
}
