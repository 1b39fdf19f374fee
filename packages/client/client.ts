import type { LeaderboardView } from '@caviar/contracts';
import type { CallOptions, Client } from './calls.js';
import { followEvents } from './follow-events.js';
import { createTransport, type RequestOptions, type TransportOptions } from './transport.js';
import { watchLeaderboard } from './watch-leaderboard.js';

/** A client of one service. It holds no connection and needs no closing. */
export function createClient(options: TransportOptions): Client {
  const { request } = createTransport(options);
  const json = async <Body>(method: string, path: string, more?: RequestOptions): Promise<Body> =>
    (await (await request(method, path, more)).json()) as Body;
  const get = <Body>(path: string, { signal, ...query }: CallOptions = {}) =>
    json<Body>('GET', path, { query, signal });
  const act = <Body>(path: string, { signal }: CallOptions = {}) => json<Body>('POST', path, { signal });

  const client: Client = {
    createSearch: (spec, { idempotencyKey, signal } = {}) =>
      json('POST', '/v1/searches', { body: spec, headers: { 'idempotency-key': idempotencyKey }, signal }),
    previewSearch: (spec, { signal } = {}) => json('POST', '/v1/searches/preview', { body: spec, signal }),
    listSearches: (query) => get('/v1/searches', query),
    getSearch: (id, more) => get(search(id), more),
    patchSearch: (id, patch, { signal } = {}) => json('PATCH', search(id), { body: patch, signal }),
    pauseSearch: (id, more) => act(`${search(id)}/pause`, more),
    resumeSearch: (id, more) => act(`${search(id)}/resume`, more),
    cancelSearch: (id, more) => act(`${search(id)}/cancel`, more),
    importance: (id, more) => get(`${search(id)}/importance`, more),
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
    watchLeaderboard: (id, more) => watchLeaderboard(client, id, more),
    followEvents: (id, more) =>
      followEvents({ request, getSearch: client.getSearch }, { id, url: `${search(id)}/events` }, more),
    createWebhook: (id, webhook, { signal } = {}) => json('POST', `${search(id)}/webhooks`, { body: webhook, signal }),
    listWebhooks: (id, more) => get(`${search(id)}/webhooks`, more),
    async deleteWebhook(id, { signal } = {}) {
      await request('DELETE', `/v1/webhooks/${encodeURIComponent(id)}`, { signal });
    },
    trialHistory: (id, more) => get(`${trial(id)}/history`, more),
    listTrials: (searchId, query) => get(`${search(searchId)}/trials`, query),
    async exportTrials(searchId, format, { signal } = {}) {
      const response = await request('GET', `${search(searchId)}/export`, {
        query: { format },
        headers: { accept: '*/*' },
        signal,
      });
      return response.body ?? new ReadableStream();
    },
    getTrial: (id, more) => get(trial(id), more),
    measurements: (trialId, query) => get(`${trial(trialId)}/measurements`, query),
    cancelTrial: (id, more) => act(`${trial(id)}/cancel`, more),
    ask: (searchId, body = {}, { signal } = {}) => json('POST', `${search(searchId)}/ask`, { body, signal }),
    tell: (searchId, body, { signal } = {}) => json('POST', `${search(searchId)}/tell`, { body, signal }),
    addMeasurement: (trialId, body, { signal } = {}) =>
      json('POST', `${trial(trialId)}/measurements`, { body, signal }),
    heartbeat: (trialId, leaseToken, { signal } = {}) =>
      json('POST', `${trial(trialId)}/heartbeat`, { body: { leaseToken }, signal }),
    finishTrial: (trialId, body, { signal } = {}) => json('POST', `${trial(trialId)}/finish`, { body, signal }),
    addTrials: (searchId, body, { signal } = {}) => json('POST', `${search(searchId)}/trials`, { body, signal }),
    listDatasets: (query) => get('/v1/datasets', query),
    getDataset: (id, more) => get(`/v1/datasets/${encodeURIComponent(id)}`, more),
    listTrainers: (query) => get('/v1/trainers', query),
    listWorkers: (query) => get('/v1/workers', query),
    readiness: (more) => get('/readyz', more),
  };
  return client;
}

const search = (id: string) => `/v1/searches/${encodeURIComponent(id)}`;
const trial = (id: string) => `/v1/trials/${encodeURIComponent(id)}`;
