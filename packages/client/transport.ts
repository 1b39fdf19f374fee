import type { Problem } from '@caviar/contracts';
import { ProblemError, UnreachableError } from './problem-error.js';

export interface TransportOptions {
  /** Where the service is, such as `http://127.0.0.1:3000`. */
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  /** The fetch to use; the global one if left out. */
  readonly fetch?: typeof fetch | undefined;
}

export interface RequestOptions {
  /** Parameters by name; those that are undefined or null are left out. */
  readonly query?: object | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Sends requests; gives answers that went well, and throws the others. */
export interface Transport {
  /** @throws ProblemError, UnreachableError, and the reason of `signal` when it aborts */
  request(method: string, path: string, options?: RequestOptions): Promise<Response>;
}

export function createTransport({ baseUrl, apiKey, fetch: send = globalThis.fetch }: TransportOptions): Transport {
  const base = baseUrl.replace(/\/+$/, '');
  return {
    async request(method, path, { query = {}, body, headers = {}, signal } = {}) {
      const url = `${base}${path}${queryString(query)}`;
      let response: Response;
      try {
        response = await send(url, {
          method,
          headers: definedOnly({
            accept: 'application/json, application/problem+json',
            authorization: apiKey === undefined ? undefined : `Bearer ${apiKey}`,
            'content-type': body === undefined ? undefined : 'application/json',
            ...headers,
          }),
          ...(body !== undefined && { body: JSON.stringify(body) }),
          ...(signal !== undefined && { signal }),
        });
      } catch (error) {
        signal?.throwIfAborted();
        throw new UnreachableError(base, 'does not answer', error);
      }
      if (response.ok || response.status === 304) return response;
      throw await failure(response, base);
    },
  };
}

async function failure(response: Response, base: string): Promise<Error> {
  if (response.headers.get('content-type')?.startsWith('application/problem+json') === true) {
    const retryAfterS = Number(response.headers.get('retry-after') ?? Number.NaN);
    return new ProblemError(
      (await response.json()) as Problem,
      Number.isFinite(retryAfterS) ? retryAfterS * 1000 : null,
    );
  }
  await response.body?.cancel();
  return new UnreachableError(base, `answered ${response.status} in a form that is not Caviar's`);
}

function queryString(query: object): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}

function definedOnly(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
