import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { readConfig } from './config.js';
import { bringUpPostgres, bringUpRedis, type Context } from './databases.js';
import { openHome } from './home.js';
import { createLog } from './log.js';
import { portProblem } from './ports.js';
import { startRedis } from './redis.js';
import { chooseRedis } from './redis-binaries.js';

// Servers of other people, at the addresses that URLs can name. Whether they speak a protocol is asked later.

const folder = mkdtempSync(join(tmpdir(), 'caviar-databases-test-'));
const home = openHome(join(folder, 'home'));
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function listen(options: ListenOptions): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(options, resolve));
  const address = server.address();
  return typeof address === 'string' ? 0 : (address as AddressInfo).port;
}

function context(environment: NodeJS.ProcessEnv): Context {
  const log = createLog({ level: 'silent', isTerminal: false, write: () => undefined });
  return { config: readConfig({}, environment), log, signal: new AbortController().signal };
}

describe('servers that settings name', () => {
  test('are found by an IPv6 address', async ({ skip }) => {
    if ((await portProblem('::1', 0)) !== undefined) skip('this machine has no IPv6');
    const port = await listen({ host: '::1', port: 0 });
    const postgres = await bringUpPostgres(home, context({ DATABASE_URL: `postgresql://u:p@[::1]:${port}/x` }));
    expect(postgres.detail).toBe(`Postgres at [::1]:${port} (DATABASE_URL)`);
    const redis = await bringUpRedis(home, context({ REDIS_URL: `redis://[::1]:${port}` }));
    expect(redis.detail).toBe(`Redis at [::1]:${port} (REDIS_URL)`);
  });

  test('are found by a socket, named by a parameter or in the place of the host', async () => {
    const path = join(folder, '.s.PGSQL.5432');
    await listen({ path });
    for (const url of [`postgresql:///x?host=${folder}`, `postgresql://u:p@${encodeURIComponent(folder)}/x`]) {
      const { detail } = await bringUpPostgres(home, context({ DATABASE_URL: url }));
      expect(detail).toBe(`Postgres at ${path} (DATABASE_URL)`);
    }
  });

  test('say at once that a password of Redis is wrong, or missing', async () => {
    const directory = join(folder, 'redis');
    const server = await startRedis({ directory, logFile: join(folder, 'redis.log'), choice: chooseRedis() });
    try {
      const { detail } = await bringUpRedis(home, context({ REDIS_URL: server.url }));
      expect(detail).toBe(`Redis at 127.0.0.1:${server.port} (REDIS_URL)`);
      for (const [user, code] of [
        [':wrong@', 'WRONGPASS'],
        ['default:no%20way@', 'WRONGPASS'],
        ['nobody:at-all@', 'WRONGPASS'],
        ['', 'NOAUTH'],
      ]) {
        const refused = bringUpRedis(home, context({ REDIS_URL: `redis://${user}127.0.0.1:${server.port}` }));
        await expect(refused).rejects.toThrow(
          new RegExp(
            `^Redis failed: it does not let us in \\(${code} .*\\)\\. Try: checking the user and password in REDIS_URL$`,
          ),
        );
      }
    } finally {
      await server.stop();
    }
  });

  test('are missed by their address, and a certificate by its path', async () => {
    const away = bringUpPostgres(home, context({ DATABASE_URL: 'postgresql://u:p@[::1]:1/x' }));
    await expect(away).rejects.toThrow(/nothing answers at \[::1\]:1\. Try: checking DATABASE_URL/);
    const url = 'postgresql://u:p@127.0.0.1:1/x?sslmode=verify-full&sslrootcert=/no/such/ca.pem';
    const uncertified = bringUpPostgres(home, context({ DATABASE_URL: url }));
    await expect(uncertified).rejects.toThrow(/^Postgres failed: .*\/no\/such\/ca\.pem.* Try: checking DATABASE_URL$/);
  });
});
