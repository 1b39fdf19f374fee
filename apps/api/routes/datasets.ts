import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { OPERATIONS } from '@caviar/contracts';
import { type IngestLimits, ingestInThread } from '@caviar/datasets';
import type { DatasetViewer, Orchestrator } from '@caviar/orchestrator';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HttpProblem } from '../http/http-problem.js';
import { memoryPage } from '../http/memory-page.js';
import { route } from '../http/route.js';
import { presentDataset, presentDatasetDetail } from '../presenters/present-dataset.js';
import { inTurn } from '../uploads/in-turn.js';
import { asProblem, receiveUpload, type UploadLimits } from '../uploads/receive-upload.js';

export interface DatasetLimits extends UploadLimits {
  readonly ingest: IngestLimits;
}

/** Uploads that are read at once: each may take as much memory as its data set. */
const READ_AT_ONCE = 2;

/** Data sets: those that are built in, and those that people bring. */
export async function datasetRoutes(
  app: FastifyInstance,
  orchestrator: Orchestrator,
  limits: DatasetLimits,
): Promise<void> {
  const readInTurn = inTurn(READ_AT_ONCE);

  route(app, OPERATIONS.listDatasets, async ({ query, request }) => {
    const all = await orchestrator.listDatasets(visibleTo(request));
    const { items, nextCursor } = memoryPage(all, ({ info }) => info.id, { ...query, list: 'datasets' });
    return { items: items.map(presentDataset), nextCursor };
  });

  route(app, OPERATIONS.getDataset, async ({ id, request }) =>
    presentDatasetDetail(await orchestrator.getDataset(id, viewerOf(request))),
  );

  route(app, OPERATIONS.deleteDataset, async ({ id, request, reply }) => {
    await orchestrator.deleteDataset(id, viewerOf(request));
    reply.code(204);
  });

  // In a scope of its own: nowhere else is a form taken.
  await app.register(async (scope) => {
    scope.addHook('onRoute', (options) => {
      options.config = { ...options.config, isUpload: true };
    });
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('multipart/form-data', (_request, _body, done) => done(null));
    route(scope, OPERATIONS.createDataset, async ({ request, reply }) => {
      const { project } = request.principal;
      const allowance = await orchestrator.uploadAllowance(project);
      const upload = await receiveUpload(request.raw, { ...limits, allowance });
      const signal = untilGone(reply.raw);
      try {
        const contentPath = join(upload.folder, 'content');
        const { meta, files } = upload;
        const { info, summary, bytes } = await readInTurn(() =>
          ingestInThread({ meta, files, options: { contentPath, limits: limits.ingest } }, { signal }),
        );
        const content = createReadStream(contentPath, { highWaterMark: 1024 * 1024 });
        const { dataset, created } = await orchestrator.createDataset({ info, summary, bytes, content }, project);
        content.destroy();
        reply.code(created ? 201 : 200).header('Location', `/v1/datasets/${dataset.info.id}`);
        return presentDatasetDetail(dataset);
      } catch (error) {
        throw asProblem(error);
      } finally {
        await upload.remove();
      }
    });
  });
}

/** Aborted when the caller goes away before there is an answer: nobody would read it. */
function untilGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const tell = () => {
    if (!response.writableEnded) gone.abort(new HttpProblem('bad-request', 'The caller went away.'));
  };
  if (response.destroyed) tell();
  else response.once('close', tell);
  return gone.signal;
}

function viewerOf({ principal: { project, role } }: FastifyRequest): DatasetViewer {
  return { project, seesAll: role === 'admin' };
}

/** The project whose data sets a caller sees; null for an admin, who sees all. */
function visibleTo({ principal }: FastifyRequest): string | null {
  return principal.role === 'admin' ? null : principal.project;
}
