import { OPERATIONS } from '@caviar/contracts';
import type { Orchestrator } from '@caviar/orchestrator';
import { TRAINERS } from '@caviar/spec';
import type { FastifyInstance } from 'fastify';
import { memoryPage } from '../http/memory-page.js';
import { route } from '../http/route.js';
import { presentTrainer, presentWorker } from '../presenters/present-catalog.js';

/** What there is to work with: trainers and workers. */
export function catalogRoutes(app: FastifyInstance, orchestrator: Orchestrator): void {
  route(app, OPERATIONS.listTrainers, async ({ query }) => {
    const { items, nextCursor } = memoryPage(TRAINERS, ({ kind }) => kind, { ...query, list: 'trainers' });
    return { items: items.map(presentTrainer), nextCursor };
  });

  route(app, OPERATIONS.checkGradients, async ({ body, request }) =>
    orchestrator.checkGradients(body, request.principal.project),
  );

  route(app, OPERATIONS.releaseWorker, async ({ id, reply }) => {
    await orchestrator.releaseWorker(id);
    reply.code(204);
  });

  route(app, OPERATIONS.listWorkers, async ({ query, request }) => {
    const { role, project } = request.principal;
    const visible = role === 'admin' ? {} : { project };
    const { items, nextCursor } = await orchestrator.listWorkers({ ...query, ...visible });
    return { items: items.map(presentWorker), nextCursor };
  });
}
