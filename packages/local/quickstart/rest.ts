import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { StepError } from '../step-error.js';

// The part of the wire (packages/contracts) that the quickstart reads. It comes as any stranger would: over HTTP, with fetch.

export type ParamValue = number | string | boolean | null | readonly ParamValue[];

export interface Entry {
  readonly rank: number;
  readonly trialId: string;
  readonly number: number;
  readonly value: number | null;
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly status: string;
  readonly metrics: Readonly<Record<string, number | null>>;
}

export type Progress = Readonly<
  Record<'total' | 'queued' | 'running' | 'completed' | 'pruned' | 'infeasible' | 'failed' | 'cancelled', number>
>;

export interface Board {
  readonly progress: Progress;
  readonly entries: readonly Entry[];
}

export interface Search {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly reason: string | null;
}

interface Answer<T> {
  readonly status: number;
  readonly etag: string | null;
  readonly body: T;
}

const PATIENCE_MS = 30_000; // a restarting API is waited for

/** Calls the API of one Caviar. */
export class Rest {
  readonly #url: string;
  readonly #signal: AbortSignal;

  constructor(url: string, signal: AbortSignal) {
    this.#url = url;
    this.#signal = signal;
  }

  async createSearch(spec: unknown): Promise<Search> {
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    return (await this.#call<Search>('/v1/searches', { method: 'POST', headers, body: JSON.stringify(spec) })).body;
  }

  async search(id: string): Promise<Search> {
    return (await this.#call<Search>(`/v1/searches/${id}`)).body;
  }

  async runningSearches(): Promise<readonly Search[]> {
    return (await this.#call<{ items: readonly Search[] }>('/v1/searches?status=running&limit=200')).body.items;
  }

  async cancel(id: string): Promise<void> {
    await this.#call(`/v1/searches/${id}/cancel`, { method: 'POST' });
  }

  /** The board once it differs from the one with this ETag; undefined when it did not within `waitMs`. */
  async leaderboard(
    id: string,
    etag: string | null,
    waitMs: number,
  ): Promise<{ board: Board; etag: string | null } | undefined> {
    const path = `/v1/searches/${id}/leaderboard?limit=200&waitMs=${waitMs}`;
    const answer = await this.#call<Board>(path, etag === null ? {} : { headers: { 'if-none-match': etag } });
    return answer.status === 304 ? undefined : { board: answer.body, etag: answer.etag };
  }

  /** How many workers the trials of a search ran on. */
  async workersOf(id: string): Promise<number> {
    const { body } = await this.#call<{ items: readonly { workerId: string | null }[] }>(
      `/v1/searches/${id}/trials?limit=200`,
    );
    return new Set(body.items.flatMap(({ workerId }) => (workerId === null ? [] : [workerId]))).size;
  }

  async #call<T>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      this.#signal.throwIfAborted();
      const answer = await fetch(`${this.#url}${path}`, { ...init, signal: this.#signal }).catch(
        (error: unknown) => error,
      );
      this.#signal.throwIfAborted();
      if (answer instanceof Response && answer.status !== 503) return await read<T>(path, answer);
      if (performance.now() > deadline)
        throw new StepError('API', `${path} was not answered for ${PATIENCE_MS / 1000} s`, 'reading its log');
      await sleep(200);
    }
  }
}

async function read<T>(path: string, response: Response): Promise<Answer<T>> {
  const text = await response.text();
  if (!response.ok && response.status !== 304) {
    throw new StepError('API', `${path} answered ${response.status}: ${text.slice(0, 500)}`, 'reading its log');
  }
  return {
    status: response.status,
    etag: response.headers.get('etag'),
    body: text === '' ? undefined : JSON.parse(text),
  };
}
