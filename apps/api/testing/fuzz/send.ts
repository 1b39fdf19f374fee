import { connect } from 'node:net';

/** What came back over a connection of its own, byte by byte: no client library stands between the fuzzer and the service. */
export interface Answer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer that takes longer is a hang. */
const PATIENCE_MS = 30_000;

/**
 * Sends bytes, and reads the answer to its end; of a stream of events, its beginning. Null when the connection was closed
 * without one.
 */
export function send(
  port: number,
  bytes: Buffer,
  { endsAfter }: { readonly endsAfter: boolean },
): Promise<Answer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => {
      if (endsAfter) socket.end(bytes);
      else socket.write(bytes);
    });
    socket.setTimeout(PATIENCE_MS, () => {
      reject(new Error(`no whole answer within ${PATIENCE_MS} ms`));
      socket.destroy();
    });
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const head = Buffer.concat(chunks).toString('latin1');
      if (/\r\ncontent-type: text\/event-stream/i.test(head) && head.includes('\r\n\r\n')) socket.destroy();
    });
    // A server that refuses a body may close before it has read all of it.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => resolve(parseAnswer(Buffer.concat(chunks))));
  });
}

function parseAnswer(bytes: Buffer): Answer | null {
  let text = bytes.toString('latin1');
  while (/^HTTP\/1\.1 1\d\d /.test(text)) text = text.slice(text.indexOf('\r\n\r\n') + 4);
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})( |$)/.exec(statusLine)?.[1]);
  if (end === -1 || Number.isNaN(status)) return null;
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const raw = text.slice(end + 4);
  const body = headers['transfer-encoding'] === 'chunked' ? unchunked(raw) : raw;
  return { status, headers, body: Buffer.from(body, 'latin1').toString('utf8') };
}

function unchunked(raw: string): string {
  let [body, rest] = ['', raw];
  for (;;) {
    const [line, size] = /^([0-9a-f]+)\r\n/i.exec(rest) ?? [];
    if (line === undefined || size === undefined) return body;
    const length = Number.parseInt(size, 16);
    if (length === 0) return body;
    body += rest.slice(line.length, line.length + length);
    rest = rest.slice(line.length + length + 2);
  }
}
