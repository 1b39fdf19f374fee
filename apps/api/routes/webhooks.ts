import { OPERATIONS } from '@caviar/contracts';
import type { Orchestrator } from '@caviar/orchestrator';
import type { FastifyInstance } from 'fastify';
import { route } from '../http/route.js';
import { presentWebhook } from '../presenters/present-webhook.js';

export function webhookRoutes(app: FastifyInstance, orchestrator: Orchestrator): void {
  route(app, OPERATIONS.createWebhook, async ({ id, body, reply }) => {
    const { webhook, secret } = await orchestrator.createWebhook(id, body);
    reply.code(201).header('Cache-Control', 'no-store');
    return { ...presentWebhook(webhook), secret };
  });

  route(app, OPERATIONS.listWebhooks, async ({ id }) => ({
    items: (await orchestrator.listWebhooks(id)).map(presentWebhook),
  }));

  route(app, OPERATIONS.deleteWebhook, async ({ id, reply }) => {
    await orchestrator.deleteWebhook(id);
    reply.code(204);
  });
}
