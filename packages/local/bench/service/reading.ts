import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Service } from '../support/service.js';
import { askAndTell, externalSearch } from './ask-tell.js';
import type { ReadersReport, ReadersTask } from './readers.js';

export interface ReadingOptions {
  readonly history: number;
  readonly pollers: number;
  readonly pollEveryMs: number;
  /** Trials a second that are written meanwhile. */
  readonly rate: number;
  readonly seconds: number;
}

/** What readers see of a large search while it is written to. */
export async function readWhileWriting(service: Service, options: ReadingOptions) {
  const { history, pollers, pollEveryMs, rate, seconds } = options;
  const id = (await largeSearch(service, history)) ?? (await externalSearch(service, { parallelism: 256, history }));
  const warm = 2;
  await askAndTell(service, id, { clients: 8, batch: 16, rate, until: warm });
  const task: ReadersTask = { url: service.stack.url, searchId: id, pollers, pollEveryMs, seconds };
  const readers = new Worker(new URL('./readers.js', import.meta.url), { workerData: task });
  const message = once(readers, 'message') as Promise<[ReadersReport]>;
  const { perSecond } = await askAndTell(service, id, { clients: 8, batch: 16, rate, until: message });
  const [report] = await message;
  return { ...report, perSecond, id };
}

/** One that an earlier run in the same data folder has filled. */
async function largeSearch({ sql }: Service, history: number): Promise<string | undefined> {
  const [found] = await sql<{ id: string }>(
    `SELECT id FROM searches WHERE external AND status = 'running' AND completed >= $1 ORDER BY completed LIMIT 1`,
    [history],
  );
  return found?.id;
}
