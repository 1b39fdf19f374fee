import { OPERATIONS } from '@caviar/contracts';
import type { Orchestrator } from '@caviar/orchestrator';
import type { FastifyInstance } from 'fastify';
import { route } from '../http/route.js';
import { presentSearch } from '../presenters/present-search.js';
import { presentCurve, presentEdit, presentTrial } from '../presenters/present-trial.js';

export function trialRoutes(app: FastifyInstance, orchestrator: Orchestrator): void {
  route(app, OPERATIONS.listTrials, async ({ id, query }) => {
    const { items, nextCursor } = await orchestrator.listTrials(id, query);
    return { items: items.map(presentTrial), nextCursor };
  });

  route(app, OPERATIONS.getTrial, async ({ id }) => presentTrial(await orchestrator.getTrial(id)));

  route(app, OPERATIONS.getMeasurements, async ({ id, query }) =>
    presentCurve(await orchestrator.measurements(id, query)),
  );

  route(app, OPERATIONS.getTrialDiagnosis, async ({ id, query }) => orchestrator.diagnoseTrial(id, query));

  route(app, OPERATIONS.pauseTrial, async ({ id }) => presentTrial(await orchestrator.pauseTrial(id)));

  route(app, OPERATIONS.resumeTrial, async ({ id }) => presentTrial(await orchestrator.resumeTrial(id)));

  route(app, OPERATIONS.editTrial, async ({ id, body, request, reply }) => {
    reply.code(202);
    return presentEdit(await orchestrator.editTrial(id, body, request.principal.name));
  });

  route(app, OPERATIONS.rewindTrial, async ({ id, body, request }) =>
    presentTrial(await orchestrator.rewindTrial(id, body.step, request.principal.name)),
  );

  route(app, OPERATIONS.forkTrial, async ({ id, body, headers, request, reply }) => {
    const { search, created } = await orchestrator.forkTrial(id, {
      ...body,
      by: request.principal.name,
      idempotencyKey: headers['Idempotency-Key'],
    });
    reply.code(created ? 201 : 200).header('Location', `/v1/searches/${search.id}`);
    return presentSearch(search);
  });

  route(app, OPERATIONS.getTrialEdits, async ({ id }) => ({
    items: (await orchestrator.trialEdits(id)).map(presentEdit),
  }));

  route(app, OPERATIONS.cancelTrial, async ({ id }) => presentTrial(await orchestrator.cancelTrial(id)));
}
