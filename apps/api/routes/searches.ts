import { randomInt } from 'node:crypto';
import { OPERATIONS } from '@caviar/contracts';
import type { Orchestrator } from '@caviar/orchestrator';
import { completeSearchSpec, findTrainer, type SearchSpec, type SearchSpecInput } from '@caviar/spec';
import type { FastifyInstance } from 'fastify';
import { route } from '../http/route.js';
import { presentPreview } from '../presenters/present-preview.js';
import { presentSearch } from '../presenters/present-search.js';

export function searchRoutes(app: FastifyInstance, orchestrator: Orchestrator): void {
  route(app, OPERATIONS.createSearch, async ({ body, headers, reply }) => {
    const { search, created } = await orchestrator.createSearch(body, { idempotencyKey: headers['Idempotency-Key'] });
    reply.code(created ? 201 : 200).header('Location', `/v1/searches/${search.id}`);
    return presentSearch(search);
  });

  route(app, OPERATIONS.previewSearch, async ({ body }) => {
    const input = { ...body, seed: body.seed ?? randomInt(2 ** 32) };
    const preview = orchestrator.previewSearch(input);
    return presentPreview(completed(input, orchestrator), preview);
  });

  route(app, OPERATIONS.listSearches, async ({ query }) => {
    const { items, nextCursor } = await orchestrator.listSearches(query);
    return { items: items.map(presentSearch), nextCursor };
  });

  route(app, OPERATIONS.getSearch, async ({ id }) => presentSearch(await orchestrator.getSearch(id)));

  route(app, OPERATIONS.patchSearch, async ({ id, body }) => presentSearch(await orchestrator.patchSearch(id, body)));

  route(app, OPERATIONS.deleteSearch, async ({ id, reply }) => {
    await orchestrator.deleteSearch(id);
    reply.code(204);
  });

  route(app, OPERATIONS.pauseSearch, async ({ id }) => presentSearch(await orchestrator.pauseSearch(id)));

  route(app, OPERATIONS.resumeSearch, async ({ id }) => presentSearch(await orchestrator.resumeSearch(id)));

  route(app, OPERATIONS.cancelSearch, async ({ id }) => presentSearch(await orchestrator.cancelSearch(id)));
}

/** The spec with its defaults, as it would be stored. It must have been found to make sense. */
function completed(input: SearchSpecInput & { readonly seed: number }, orchestrator: Orchestrator): SearchSpec {
  const trainer = findTrainer(input.trainer.kind);
  if (trainer === undefined) throw new Error(`the trainer ${input.trainer.kind} has no descriptor`);
  const dataset = input.trainer.kind === 'mlp' ? orchestrator.getDataset(input.trainer.dataset) : null;
  return completeSearchSpec(input, { trainer, dataset }, input.seed);
}
