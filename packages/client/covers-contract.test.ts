import { OPERATIONS, type Operation } from '@caviar/contracts';
import { expect, test } from 'vitest';
import type { Client } from './calls.js';
import { createClient } from './client.js';

/** Pages for people and machines around the service; a client has no use for them. */
const NOT_FOR_CLIENTS = ['/', '/healthz', '/metrics', '/openapi.json', '/docs', '/problems'];

test('the client has a method for every call of the contract', async () => {
  const called = new Set<string>();
  const client = createClient({
    baseUrl: 'http://caviar.test',
    patienceMs: 0,
    async fetch(input, init) {
      const { pathname } = new URL(String(input));
      called.add(`${init?.method} ${pathname.replaceAll(/\bID\b/g, '{id}')}`);
      return new Response(null, { status: 204 });
    },
  });
  const iterators: readonly (keyof Client)[] = ['everySearch', 'everyEntry', 'everyTrial', 'watchLeaderboard'];
  for (const name of Object.keys(client) as (keyof Client)[]) {
    if (iterators.includes(name)) continue;
    const takesNone = name.startsWith('list') && name !== 'listTrials' && name !== 'listWebhooks';
    const method = client[name] as (...values: unknown[]) => Promise<unknown> & AsyncGenerator<unknown, void>;
    const answer = takesNone || name === 'readiness' ? method() : method('ID', {});
    if (name === 'followEvents' || name === 'followChanges') await answer.next();
    else await answer.catch(() => {}); // there is no body to read
  }
  const operations: readonly Operation[] = Object.values(OPERATIONS);
  const expected = operations
    .filter(
      ({ path }) => !NOT_FOR_CLIENTS.some((page) => path === page || (page !== '/' && path.startsWith(`${page}/`))),
    )
    .map(({ method, path }) => `${method} ${path}`);
  expect(expected.filter((call) => !called.has(call))).toEqual([]);
});
