import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../package-root.js';
import type { Ingested, ingest } from './ingest.js';
import { IngestError } from './ingest-error.js';

export interface IngestTask {
  readonly meta: Parameters<typeof ingest>[0];
  readonly files: Parameters<typeof ingest>[1];
  readonly options: Parameters<typeof ingest>[2];
}

export type IngestAnswer =
  | { readonly kind: 'ingested'; readonly ingested: Ingested }
  | {
      readonly kind: 'refused';
      readonly path: readonly (string | number)[];
      readonly message: string;
      readonly isTooLarge: boolean;
    };

/** JavaScript objects of a thread; the numbers of a data set lie beside them. */
const MAX_HEAP_MB = 2_048;

/** `ingest` in a thread of its own, so that a large upload holds up no other request. Throws IngestError. */
export async function ingestInThread({ meta, files, options }: IngestTask): Promise<Ingested> {
  const answer = await new Promise<IngestAnswer>((resolve, reject) => {
    const thread = new Worker(program(), {
      workerData: { meta, files, options } satisfies IngestTask,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    thread.on('message', resolve);
    thread.on('error', (error) => reject(isOutOfMemory(error) ? tooLarge() : error));
    thread.on('exit', (code) => reject(new Error(`the thread ended with code ${code} and without a result`)));
  });
  if (answer.kind === 'ingested') return answer.ingested;
  throw new IngestError(answer.path, answer.message, answer.isTooLarge);
}

/** Threads run what was compiled, also where the rest is read as TypeScript. */
function program(): URL {
  if (fileURLToPath(import.meta.url).endsWith('.js')) return new URL('./ingest-thread.js', import.meta.url);
  return pathToFileURL(join(packageRoot(), 'dist/ingest/ingest-thread.js'));
}

function isOutOfMemory(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function tooLarge(): IngestError {
  return new IngestError(['file'], `takes more than ${MAX_HEAP_MB} MiB of memory to read`, true);
}
