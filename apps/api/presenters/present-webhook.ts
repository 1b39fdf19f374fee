import type { WebhookView } from '@caviar/contracts';
import type { Webhook } from '@caviar/orchestrator';

export function presentWebhook(webhook: Webhook): WebhookView {
  const { id, searchId, url, events, status, reason, failures, createdAt } = webhook;
  return { id, searchId, url, events: [...events], status, reason, failures, createdAt: createdAt.toISOString() };
}
