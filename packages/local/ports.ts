import { createReadStream, statSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';

/** A TCP port that nobody listens on at this moment. The caller must cope with losing the race for it. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen({ port: 0, host, exclusive: true }, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const TAKEN = /EADDRINUSE|address already in use/i;
const MOST_TRIES = 5;

/**
 * Starts a server on a free port, and on another one when somebody else had it first: any connection that is opened meanwhile may.
 *
 * @param logFile where the server says why it does not come up
 * @throws what `start` throws
 */
export async function onFreePort<Server>(
  logFile: string,
  start: (port: number) => Promise<Server>,
  host = '127.0.0.1',
): Promise<Server> {
  for (let tries = 1; ; tries++) {
    const before = sizeOf(logFile);
    try {
      return await start(await freePort(host));
    } catch (error) {
      if (tries === MOST_TRIES || sizeOf(logFile) === before) throw error;
      if (!TAKEN.test(await text(createReadStream(logFile, { start: before })))) throw error;
    }
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Why `host:port` cannot be listened on ("EADDRINUSE", "EACCES"...), undefined when it can. */
export async function portProblem(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** Where a server is: a TCP address, or a socket of this machine. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** As people write it: `db.example:5432`, `[::1]:5432`, `/run/postgresql/.s.PGSQL.5432`. */
export function addressText(address: Address): string {
  if ('path' in address) return address.path;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

/** Whether something accepts connections there. */
export async function accepts(address: Address, timeoutMs = 1000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, timeout: timeoutMs });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => end(true));
    socket.on('error', () => end(false));
    socket.on('timeout', () => end(false));
  });
}
