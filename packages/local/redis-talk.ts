import { connect } from 'node:net';

interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** The answers' lines, as many as there are commands; fewer where they do not all come in time, or the connection ends before. */
export async function askRedis(
  address: RedisAddress,
  commands: readonly (readonly string[])[],
  timeoutMs: number,
): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, timeout: timeoutMs });
    let received = '';
    const lines = () => received.split('\r\n').slice(0, -1);
    const end = () => {
      socket.destroy();
      resolve(lines());
    };
    socket.on('connect', () => socket.write(commands.map(encode).join('')));
    socket.on('data', (chunk) => {
      received += String(chunk);
      if (lines().length >= commands.length) end();
    });
    for (const event of ['error', 'timeout', 'close']) socket.on(event, end);
  });
}

/** A command as Redis reads it: an array of strings with their lengths in bytes. */
function encode(parts: readonly string[]): string {
  return `*${parts.length}\r\n${parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;
}

const TIMEOUT_MS = 5_000;

/** Codes of Redis, and of its versions before 6, for a password that is wrong or missing. */
const REFUSALS = /^-(WRONGPASS|NOAUTH|ERR invalid password)/;

/**
 * What a Redis says against the user and password of its URL; null where it takes them, and where it says nothing that can be read here
 * (TLS, another protocol): clients come again and again in either case, and somebody would wait for them.
 */
export async function passwordRefusal(url: string, address: RedisAddress): Promise<string | null> {
  const { protocol, username, password } = new URL(url);
  if (protocol !== 'redis:') return null;
  const credentials = [username, password].map(decodeURIComponent).filter((part) => part !== '');
  const commands = [...(password === '' ? [] : [['AUTH', ...credentials]]), ['PING']];
  const answers = await askRedis(address, commands, TIMEOUT_MS);
  return answers.find((line) => REFUSALS.test(line))?.slice(1) ?? null;
}
