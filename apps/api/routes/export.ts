import { Readable } from 'node:stream';
import { OPERATIONS } from '@caviar/contracts';
import type { Orchestrator } from '@caviar/orchestrator';
import type { FastifyInstance } from 'fastify';
import { csvLines } from '../export/csv-lines.js';
import { exportFileName } from '../export/file-name.js';
import { jsonLines } from '../export/json-lines.js';
import { trialColumns } from '../export/trial-columns.js';
import { route } from '../http/route.js';

/** All trials as a file. A page of trials is in memory at a time, and the next is read only when the client has taken it. */
export function exportRoute(app: FastifyInstance, orchestrator: Orchestrator): void {
  route(app, OPERATIONS.exportTrials, async ({ id, query, request, reply }) => {
    const { format } = query;
    const search = await orchestrator.getSearch(id);
    reply
      .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8')
      .header('Content-Disposition', `attachment; filename="${exportFileName(search, format)}"`);
    // HEAD must not read a million trials to throw them away.
    if (request.method === 'HEAD') return reply.send('');
    const pages = () => orchestrator.exportTrials(id);
    if (format === 'jsonl') return reply.send(Readable.from(jsonLines(pages())));
    const columns = await trialColumns(search.spec.space, pages());
    return reply.send(Readable.from(csvLines(columns, pages())));
  });
}
