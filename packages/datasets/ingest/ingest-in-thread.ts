import { stat } from 'node:fs/promises';
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

/** When reading is given up. */
export interface Patience {
  /** By default as long as a slow machine takes, many times over. */
  readonly limitMs?: number;
  /** Aborted: nobody waits for the result any more. */
  readonly signal?: AbortSignal;
}

/**
 * `ingest` in a thread of its own, so that a large upload holds up no other request. Some damaged files have their readers go round for
 * ever: after a while they are given up. Throws IngestError, and the reason of the signal.
 */
export async function ingestInThread(task: IngestTask, { limitMs, signal }: Patience = {}): Promise<Ingested> {
  const limit = limitMs ?? (await patienceFor(task));
  signal?.throwIfAborted();
  const thread = new Worker(program(), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  let timer: NodeJS.Timeout | undefined;
  const abort = new AbortController();
  try {
    const answer = await new Promise<IngestAnswer>((resolve, reject) => {
      thread.on('message', resolve);
      thread.on('error', (error) => reject(isOutOfMemory(error) ? tooLarge() : error));
      thread.on('exit', (code) => reject(new Error(`the thread ended with code ${code} and without a result`)));
      timer = setTimeout(() => reject(tooSlow(limit)), limit);
      signal?.addEventListener('abort', () => reject(signal.reason), { signal: abort.signal });
    });
    if (answer.kind === 'ingested') return answer.ingested;
    throw new IngestError(answer.path, answer.message, answer.isTooLarge);
  } finally {
    clearTimeout(timer);
    abort.abort();
    await thread.terminate();
  }
}

/** A minute, and a second more per 100 KB: many times what it takes. */
async function patienceFor({ files }: IngestTask): Promise<number> {
  const sizes = await Promise.all(files.map(async ({ path }) => (await stat(path)).size));
  return 60_000 + sizes.reduce((sum, size) => sum + size, 0) / 100;
}

function tooSlow(limitMs: number): IngestError {
  return new IngestError(['file'], `could not be read in ${Math.round(limitMs / 1000)} s: is it damaged?`);
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
