import type { Problem } from '@caviar/contracts';
import { ProblemError, UnreachableError } from './problem-error.js';
import { isRefusedUnread, pauseBeforeRetry, sleep } from './retry.js';

const PATIENCE_MS = 30_000;

export interface TransportOptions {
  /** Where the service is, such as `http://127.0.0.1:3000`. */
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  /** The fetch to use; the global one if left out. */
  readonly fetch?: typeof fetch | undefined;
  /**
   * For how long a call is tried again while the service is away or refuses for the rate of requests, with pauses that grow and
   * are partly drawn; 30,000 if left out, 0: never. Calls that must not be made twice are only repeated when they were refused.
   */
  readonly patienceMs?: number | undefined;
}

export interface RequestOptions {
  /** Parameters by name; those that are undefined or null are left out. */
  readonly query?: object | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether making the call twice is the same as making it once; true if left out. */
  readonly isRepeatable?: boolean | undefined;
  /** Instead of the transport's own. */
  readonly patienceMs?: number | undefined;
  /** Answers with this status are given, not thrown. */
  readonly alsoFine?: number | undefined;
}

/** Sends requests; gives answers that went well, and throws the others. */
export interface Transport {
  /** @throws ProblemError, UnreachableError, and the reason of `signal` when it aborts */
  request(method: string, path: string, options?: RequestOptions): Promise<Response>;
}

/** @throws TypeError when `baseUrl` is no URL of http or https */
export function createTransport({ patienceMs: usualMs = PATIENCE_MS, ...options }: TransportOptions): Transport {
  checkUrl(options.baseUrl);
  return {
    async request(method, path, { isRepeatable = true, patienceMs = usualMs, ...request } = {}) {
      const since = performance.now();
      for (let failures = 0; ; failures++) {
        try {
          return await send(options, { method, path, ...request });
        } catch (error) {
          // What a first try has deleted is not there for a second.
          if (failures > 0 && method === 'DELETE' && error instanceof ProblemError && error.status === 404)
            return new Response(null, { status: 204 });
          const pauseMs = isRepeatable || isRefusedUnread(error) ? pauseBeforeRetry(error, failures) : null;
          if (pauseMs === null || performance.now() + pauseMs > since + patienceMs) throw error;
          await sleep(pauseMs, request.signal);
        }
      }
    },
  };
}

/** No time would make it answer: `localhost:3000` is a URL of the scheme `localhost`. */
function checkUrl(baseUrl: string): void {
  if (/^https?:$/.test(URL.canParse(baseUrl) ? new URL(baseUrl).protocol : '')) return;
  throw new TypeError(`baseUrl: ${JSON.stringify(baseUrl)} is not an http or https URL, such as http://127.0.0.1:3000`);
}

interface Sent extends RequestOptions {
  readonly method: string;
  readonly path: string;
}

async function send(
  { baseUrl, apiKey, fetch = globalThis.fetch }: TransportOptions,
  { method, path, query = {}, body, headers = {}, signal, alsoFine }: Sent,
): Promise<Response> {
  const base = baseUrl.replace(/\/+$/, '');
  const { body: sent, type } = encode(body);
  let response: Response;
  try {
    response = await fetch(`${base}${path}${queryString(query)}`, {
      method,
      headers: definedOnly({
        accept: 'application/json, application/problem+json',
        authorization: apiKey === undefined ? undefined : `Bearer ${apiKey}`,
        'content-type': type,
        ...headers,
      }),
      ...(sent !== undefined && { body: sent }),
      ...(signal !== undefined && { signal }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw new UnreachableError(base, 'does not answer', error);
  }
  if (response.ok || response.status === 304 || response.status === alsoFine) return response;
  throw await failure(response, base);
}

/** JSON, but for forms: fetch writes their type itself, with the boundary of their parts. */
function encode(body: unknown): { readonly body?: string | FormData; readonly type?: string } {
  if (body === undefined) return {};
  if (body instanceof FormData) return { body };
  return { body: JSON.stringify(body), type: 'application/json' };
}

async function failure(response: Response, base: string): Promise<Error> {
  if (response.headers.get('content-type')?.startsWith('application/problem+json') === true) {
    const retryAfterMs = retryAfter(response);
    return new ProblemError((await response.json()) as Problem, retryAfterMs);
  }
  await response.body?.cancel();
  return new UnreachableError(base, `answered ${response.status} in a form that is not Caviar's`);
}

/** What `Retry-After` says, in milliseconds; null where it says nothing. */
export function retryAfter({ headers }: Response): number | null {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : null;
}

function queryString(query: object): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) parameters.set(name, String(value));
  }
  const text = String(parameters);
  return text === '' ? '' : `?${text}`;
}

function definedOnly(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
