import { randomBytes } from 'node:crypto';
import type { Deps } from '../deps.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import type { Webhook } from '../ports/webhook-store.js';
import { getSearch } from './read-searches.js';

/** Webhooks that one search may have. */
const LIMIT = 10;

/** Has somebody told of a search from now on. The secret is what notices are signed with; it is given once. */
export async function createWebhook(
  deps: Pick<Deps, 'searches' | 'webhooks'>,
  searchId: string,
  wanted: Pick<Webhook, 'url' | 'events'>,
): Promise<{ readonly webhook: Webhook; readonly secret: string }> {
  await getSearch(deps, searchId);
  const secret = `whsec_${randomBytes(32).toString('base64url')}`;
  const webhook = await deps.webhooks.create({ id: newId('whk'), searchId, ...wanted, secret }, LIMIT);
  if (webhook === null) throw new DomainError('too-many-webhooks', `A search has ${LIMIT} webhooks at most`);
  return { webhook, secret };
}

export async function listWebhooks(
  deps: Pick<Deps, 'searches' | 'webhooks'>,
  searchId: string,
): Promise<readonly Webhook[]> {
  await getSearch(deps, searchId);
  return deps.webhooks.list(searchId);
}

export async function deleteWebhook({ webhooks }: Pick<Deps, 'webhooks'>, id: string): Promise<void> {
  if (!(await webhooks.delete(id))) throw new DomainError('webhook-not-found', `There is no webhook ${id}`);
}
