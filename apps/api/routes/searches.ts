import { OPERATIONS } from '@caviar/contracts';
import type { Orchestrator } from '@caviar/orchestrator';
import type { FastifyInstance } from 'fastify';
import { route } from '../http/route.js';
import { presentImportance } from '../presenters/present-importance.js';
import { presentPreview } from '../presenters/present-preview.js';
import { presentSearch } from '../presenters/present-search.js';

export function searchRoutes(app: FastifyInstance, orchestrator: Orchestrator): void {
  route(app, OPERATIONS.createSearch, async ({ body, headers, request, reply }) => {
    const { project } = request.principal;
    const { search, created } = await orchestrator.createSearch(body, {
      idempotencyKey: headers['Idempotency-Key'],
      project,
    });
    reply.code(created ? 201 : 200).header('Location', `/v1/searches/${search.id}`);
    return presentSearch(search);
  });

  route(app, OPERATIONS.previewSearch, async ({ body, request }) => {
    return presentPreview(await orchestrator.previewSearch(body, request.principal.project));
  });

  route(app, OPERATIONS.listSearches, async ({ query, request }) => {
    const { role, project } = request.principal;
    const visible = role === 'admin' ? {} : { project };
    const { items, nextCursor } = await orchestrator.listSearches({ ...query, ...visible });
    return { items: items.map(presentSearch), nextCursor };
  });

  route(app, OPERATIONS.getSearch, async ({ id }) => presentSearch(await orchestrator.getSearch(id)));

  route(app, OPERATIONS.getSearchDiagnosis, async ({ id, query }) => orchestrator.diagnoseSearch(id, query));

  route(app, OPERATIONS.getSearchImportance, async ({ id, query }) =>
    presentImportance(await orchestrator.explainSearch(id, query.objective)),
  );

  route(app, OPERATIONS.evaluateTest, async ({ id }) => {
    const { evaluatedAt, ...evaluation } = await orchestrator.evaluateTest(id);
    return { searchId: id, ...evaluation, evaluatedAt: evaluatedAt.toISOString() };
  });

  route(app, OPERATIONS.patchSearch, async ({ id, body }) => presentSearch(await orchestrator.patchSearch(id, body)));

  route(app, OPERATIONS.deleteSearch, async ({ id, reply }) => {
    await orchestrator.deleteSearch(id);
    reply.code(204);
  });

  route(app, OPERATIONS.pauseSearch, async ({ id }) => presentSearch(await orchestrator.pauseSearch(id)));

  route(app, OPERATIONS.resumeSearch, async ({ id }) => presentSearch(await orchestrator.resumeSearch(id)));

  route(app, OPERATIONS.cancelSearch, async ({ id }) => presentSearch(await orchestrator.cancelSearch(id)));
}
