import { parentPort, workerData } from 'node:worker_threads';
import { ingest } from './ingest.js';
import { IngestError } from './ingest-error.js';
import type { IngestAnswer, IngestTask } from './ingest-in-thread.js';

/** The program of a thread that reads one upload and ends. */
const { meta, files, options } = workerData as IngestTask;
parentPort?.postMessage(
  await ingest(meta, files, options).then(
    (ingested): IngestAnswer => ({ kind: 'ingested', ingested }),
    (error: unknown): IngestAnswer => {
      if (!(error instanceof IngestError)) throw error;
      return { kind: 'refused', path: error.path, message: error.message, isTooLarge: error.isTooLarge };
    },
  ),
);
