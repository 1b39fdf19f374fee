import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
  /** From the call until the whole answer was there. */
  readonly ms: number;
}

export interface Call {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
const TIMEOUT_MS = 60_000;

/** One request over connections that are kept: what a client costs must not be taken for what the service costs. */
export function send(url: string, { method = 'GET', body, headers = {} }: Call = {}): Promise<Answer> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const all = {
    ...headers,
    ...(payload === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) }),
  };
  const from = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: all, agent, timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, ms: performance.now() - from });
      });
    });
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${url}: no answer within ${TIMEOUT_MS} ms`)));
    sent.on('error', reject);
    sent.end(payload);
  });
}
