import { createdWebhookSchema, newWebhookSchema, webhookListSchema } from '../schemas/webhook.js';
import { operation } from './operation.js';

const tag = 'Searches';

export const webhookOperations = {
  createWebhook: operation({
    method: 'POST',
    path: '/v1/searches/{id}/webhooks',
    tag,
    summary: 'Have somebody told of a search',
    description:
      'Workers post a signed JSON document when the search completes or fails, or has a new best trial: at least once, in order, again with growing pauses until it is answered with a 2xx. `Caviar-Signature` is `t=SECONDS,v1=HEX`, HEX being the HMAC-SHA256 of `SECONDS.BODY` with the secret; `Caviar-Delivery` is the same when a notice is sent again.',
    body: newWebhookSchema,
    responses: { 201: { description: 'The new webhook.', schema: createdWebhookSchema } },
    problems: ['search-not-found', 'too-many-webhooks'],
  }),
  listWebhooks: operation({
    method: 'GET',
    path: '/v1/searches/{id}/webhooks',
    tag,
    summary: 'List the webhooks of a search',
    responses: { 200: { description: 'The webhooks.', schema: webhookListSchema } },
    problems: ['search-not-found'],
  }),
  deleteWebhook: operation({
    method: 'DELETE',
    path: '/v1/webhooks/{id}',
    tag,
    summary: 'Delete a webhook',
    responses: { 204: { description: 'It is gone.' } },
    problems: ['webhook-not-found'],
  }),
} as const;
