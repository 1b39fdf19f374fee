import type { LeaderboardView } from '@caviar/contracts';
import type { CallOptions, Client, WithRetry } from './calls.js';
import { everyItem, LARGEST_PAGE } from './every-item.js';
import { followChanges } from './follow-changes.js';
import { followEvents } from './follow-events.js';
import { randomKey } from './random-key.js';
import { createTransport, type RequestOptions, retryAfter, type TransportOptions } from './transport.js';
import { watchLeaderboard } from './watch-leaderboard.js';

/** A client of one service. It holds no connection and needs no closing. */
export function createClient(options: TransportOptions): Client {
  const { request } = createTransport(options);
  const json = async <Body>(method: string, path: string, more?: RequestOptions): Promise<Body> =>
    (await (await request(method, path, more)).json()) as Body;
  const get = <Body>(path: string, { signal, ...query }: CallOptions = {}) =>
    json<Body>('GET', path, { query, signal });
  const withRetry = async <Body>(path: string, more: RequestOptions): Promise<WithRetry<Body>> => {
    const response = await request('POST', path, more);
    return { ...((await response.json()) as Body), retryAfterMs: retryAfter(response) };
  };
  const act = <Body>(path: string, { signal }: CallOptions = {}) => json<Body>('POST', path, { signal });

  const client: Client = {
    createSearch: (spec, { idempotencyKey = randomKey(), signal } = {}) =>
      json('POST', '/v1/searches', { body: spec, headers: { 'idempotency-key': idempotencyKey }, signal }),
    previewSearch: (spec, { signal } = {}) => json('POST', '/v1/searches/preview', { body: spec, signal }),
    listSearches: (query) => get('/v1/searches', query),
    everySearch: (query = {}) => everyItem((cursor) => client.listSearches({ limit: LARGEST_PAGE, ...query, cursor })),
    getSearch: (id, more) => get(search(id), more),
    patchSearch: (id, patch, { signal } = {}) => json('PATCH', search(id), { body: patch, signal }),
    pauseSearch: (id, more) => act(`${search(id)}/pause`, more),
    resumeSearch: (id, more) => act(`${search(id)}/resume`, more),
    cancelSearch: (id, more) => act(`${search(id)}/cancel`, more),
    diagnosis: (id, more) => get(`${search(id)}/diagnosis`, more),
    evaluateTest: (id, more) => act(`${search(id)}/test-evaluation`, more),
    importance: (id, more) => get(`${search(id)}/importance`, more),
    followChanges: (more) => followChanges({ request }, more),
    trialTable: (id, { filter = {}, status = [], signal, ...query } = {}) => {
      const more = {
        ...(status.length > 0 && { status }),
        ...(Object.keys(filter).length > 0 && { filter: JSON.stringify(filter) }),
      };
      return json('GET', `${search(id)}/table`, { query: { ...query, ...more }, signal });
    },
    trialPoints: (id, query) => get(`${search(id)}/points`, query),
    bestSoFar: (id, query) => get(`${search(id)}/best-so-far`, query),
    trialCurves: (id, query) => get(`${search(id)}/curves`, query),
    searchRungs: (id, more) => get(`${search(id)}/rungs`, more),
    searchTimeline: (id, query) => get(`${search(id)}/timeline`, query),
    async deleteSearch(id, { signal } = {}) {
      await request('DELETE', search(id), { signal });
    },
    async leaderboard(id, { etag, signal, ...query } = {}) {
      const response = await request('GET', `${search(id)}/leaderboard`, {
        query,
        headers: { 'if-none-match': etag },
        signal,
      });
      if (response.status === 304) return null;
      return { board: (await response.json()) as LeaderboardView, etag: response.headers.get('etag') ?? '' };
    },
    everyEntry: (id, query = {}) =>
      everyItem(async (cursor) => {
        const tagged = await client.leaderboard(id, { limit: LARGEST_PAGE, ...query, cursor });
        return { items: tagged?.board.entries ?? [], nextCursor: tagged?.board.nextCursor ?? null };
      }),
    watchLeaderboard: (id, more) => watchLeaderboard(client, id, more),
    followEvents: (id, more) =>
      followEvents({ request, getSearch: client.getSearch }, { id, url: `${search(id)}/events` }, more),
    createWebhook: (id, webhook, { signal } = {}) =>
      json('POST', `${search(id)}/webhooks`, { body: webhook, signal, isRepeatable: false }),
    listWebhooks: (id, more) => get(`${search(id)}/webhooks`, more),
    async deleteWebhook(id, { signal } = {}) {
      await request('DELETE', `/v1/webhooks/${encodeURIComponent(id)}`, { signal });
    },
    trialHistory: (id, more) => get(`${trial(id)}/history`, more),
    listTrials: (searchId, query) => get(`${search(searchId)}/trials`, query),
    everyTrial: (searchId, query = {}) =>
      everyItem((cursor) => client.listTrials(searchId, { limit: LARGEST_PAGE, ...query, cursor })),
    async exportTrials(searchId, format, { signal } = {}) {
      const response = await request('GET', `${search(searchId)}/export`, {
        query: { format },
        headers: { accept: '*/*' },
        signal,
      });
      return response.body ?? new ReadableStream();
    },
    getTrial: (id, more) => get(trial(id), more),
    async getModel(trialId, { format, signal } = {}) {
      const headers = { accept: '*/*' };
      const response = await request('GET', `${trial(trialId)}/model`, { query: { format }, headers, signal });
      return new Uint8Array(await response.arrayBuffer());
    },
    predict: (trialId, rows, { signal } = {}) => json('POST', `${trial(trialId)}/predict`, { body: { rows }, signal }),
    measurements: (trialId, query) => get(`${trial(trialId)}/measurements`, query),
    trialDiagnosis: (id, more) => get(`${trial(id)}/diagnosis`, more),
    editTrial: (id, params, { signal } = {}) =>
      json('PATCH', `${trial(id)}/params`, { body: params, signal, isRepeatable: false }),
    pauseTrial: (id, more) => act(`${trial(id)}/pause`, more),
    resumeTrial: (id, more) => act(`${trial(id)}/resume`, more),
    rewindTrial: (id, step, { signal } = {}) =>
      json('POST', `${trial(id)}/rewind`, { body: { step }, signal, isRepeatable: false }),
    forkTrial: (id, fork = {}, { idempotencyKey = randomKey(), signal } = {}) =>
      json('POST', `${trial(id)}/fork`, { body: fork, headers: { 'idempotency-key': idempotencyKey }, signal }),
    trialEdits: (id, more) => get(`${trial(id)}/edits`, more),
    cancelTrial: (id, more) => act(`${trial(id)}/cancel`, more),
    // Under a name the same trials come again; without one, those of an answer that was lost would be waited for in vain.
    ask: (searchId, body = {}, { signal } = {}) =>
      withRetry(`${search(searchId)}/ask`, { body, signal, isRepeatable: body.worker !== undefined }),
    tell: (searchId, body, { signal } = {}) =>
      withRetry(`${search(searchId)}/tell`, { body, signal, isRepeatable: body.worker !== undefined || !body.ask }),
    addMeasurement: (trialId, body, { signal } = {}) =>
      json('POST', `${trial(trialId)}/measurements`, { body, signal }),
    heartbeat: (trialId, leaseToken, { signal } = {}) =>
      json('POST', `${trial(trialId)}/heartbeat`, { body: { leaseToken }, signal }),
    releaseTrial: (trialId, body, { signal } = {}) => json('POST', `${trial(trialId)}/release`, { body, signal }),
    finishTrial: (trialId, body, { signal } = {}) => json('POST', `${trial(trialId)}/finish`, { body, signal }),
    addTrials: (searchId, body, { signal } = {}) =>
      json('POST', `${search(searchId)}/trials`, { body, signal, isRepeatable: false }),
    listDatasets: (query) => get('/v1/datasets', query),
    getDataset: (id, more) => get(`/v1/datasets/${encodeURIComponent(id)}`, more),
    createDataset(meta, files, { signal } = {}) {
      const body = new FormData();
      body.set('meta', JSON.stringify(meta));
      for (const [part, given] of Object.entries(files)) {
        for (const file of given instanceof Blob ? [given] : (given ?? [])) body.append(part, file, part);
      }
      return json('POST', '/v1/datasets', { body, signal });
    },
    async deleteDataset(id, { signal } = {}) {
      await request('DELETE', `/v1/datasets/${encodeURIComponent(id)}`, { signal });
    },
    listTrainers: (query) => get('/v1/trainers', query),
    async releaseWorker(id, { signal } = {}) {
      await request('POST', `/v1/workers/${encodeURIComponent(id)}/release`, { signal });
    },
    listWorkers: (query) => get('/v1/workers', query),
    checkGradients: (body, { signal } = {}) => json('POST', '/v1/gradient-checks', { body, signal }),
    createKey: (body, { signal } = {}) => json('POST', '/v1/keys', { body, signal, isRepeatable: false }),
    listKeys: (query) => get('/v1/keys', query),
    revokeKey: (id, { signal } = {}) => json('DELETE', `/v1/keys/${encodeURIComponent(id)}`, { signal }),
    // That a part is away is the answer here, not a failure.
    readiness: ({ signal } = {}) => json('GET', '/readyz', { signal, alsoFine: 503 }),
  };
  return client;
}

const search = (id: string) => `/v1/searches/${encodeURIComponent(id)}`;
const trial = (id: string) => `/v1/trials/${encodeURIComponent(id)}`;
