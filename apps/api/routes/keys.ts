import { OPERATIONS } from '@caviar/contracts';
import type { Orchestrator } from '@caviar/orchestrator';
import type { FastifyInstance } from 'fastify';
import { route } from '../http/route.js';
import { presentKey } from '../presenters/present-key.js';

/** Keys of the API; for admins alone. */
export function keyRoutes(app: FastifyInstance, orchestrator: Orchestrator): void {
  route(app, OPERATIONS.createKey, async ({ body, reply }) => {
    const { apiKey, key } = await orchestrator.createKey(body);
    reply.code(201).header('Cache-Control', 'no-store');
    return { ...presentKey(apiKey), key };
  });

  route(app, OPERATIONS.listKeys, async ({ query }) => {
    const { items, nextCursor } = await orchestrator.listKeys(query);
    return { items: items.map(presentKey), nextCursor };
  });

  route(app, OPERATIONS.revokeKey, async ({ id }) => presentKey(await orchestrator.revokeKey(id)));
}
