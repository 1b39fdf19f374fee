// A thread of readers, so that what they measure is not their writers' turn: polls the leaderboard with the ETag of the last one,
// reads first pages of trials, and follows the events. Started by reading.ts with its task as workerData.
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { send } from '../support/http.js';

export interface ReadersTask {
  readonly url: string;
  readonly searchId: string;
  readonly pollers: number;
  readonly pollEveryMs: number;
  readonly seconds: number;
}

/** Times in milliseconds. */
export interface ReadersReport {
  readonly boards: readonly number[];
  readonly unchanged: number;
  readonly pages: readonly number[];
  /** From when an event was written to when it was here. */
  readonly events: readonly number[];
}

const { url, searchId, pollers, pollEveryMs, seconds } = workerData as ReadersTask;
const until = performance.now() + 1000 * seconds;
const boards: number[] = [];
const pages: number[] = [];
const events: number[] = [];
let unchanged = 0;

async function pollBoard(index: number): Promise<void> {
  await sleep((pollEveryMs * index) / pollers);
  let etag: string | undefined;
  while (performance.now() < until) {
    const answer = await send(`${url}/v1/searches/${searchId}/leaderboard?limit=20`, {
      headers: etag === undefined ? {} : { 'if-none-match': etag },
    });
    if (answer.status !== 200 && answer.status !== 304) throw new Error(`leaderboard: ${answer.status} ${answer.text}`);
    boards.push(answer.ms);
    if (answer.status === 304) unchanged++;
    etag = String(answer.headers['etag']);
    await sleep(Math.max(0, pollEveryMs - answer.ms));
  }
}

async function readPages(): Promise<void> {
  while (performance.now() < until) {
    const answer = await send(`${url}/v1/searches/${searchId}/trials?limit=50`);
    if (answer.status !== 200) throw new Error(`trials: ${answer.status} ${answer.text}`);
    pages.push(answer.ms);
    await sleep(100);
  }
}

function followEvents(): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/v1/searches/${searchId}/events`, (response) => {
      let rest = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const now = Date.now();
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const at = line.startsWith('data:') ? /"at":"([^"]+)"/.exec(line)?.[1] : undefined;
          if (at !== undefined) events.push(now - Date.parse(at));
        }
      });
      response.on('close', resolve);
    });
    request.on('error', (error) => (performance.now() < until ? reject(error) : resolve()));
    setTimeout(() => request.destroy(), until - performance.now());
  });
}

await Promise.all([...Array.from({ length: pollers }, (_, index) => pollBoard(index)), readPages(), followEvents()]);
const report: ReadersReport = { boards, unchanged, pages, events: events.slice(1) }; // the first is the search as it was
parentPort?.postMessage(report);
