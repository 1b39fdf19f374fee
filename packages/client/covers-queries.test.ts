import { OPERATIONS, type Operation } from '@caviar/contracts';
import { expect, test } from 'vitest';
import type { Client } from './calls.js';
import { createClient } from './client.js';

const operations = (Object.values(OPERATIONS) as readonly Operation[]).filter(
  ({ query, path }) => query !== undefined && path.startsWith('/v1/'),
);

/** Something to ask for under each name; what is given as a list or an object is sent as text. */
const VALUES: Readonly<Record<string, unknown>> = { status: ['running'], filter: { number: { min: 1 } } };
/** Those whose parameter is an argument of the method. */
const IN_PLACE: Readonly<Partial<Record<keyof Client, readonly unknown[]>>> = {
  exportTrials: ['ID', 'csv'],
  createDataset: ['ID', {}],
};

test('the client can ask for all that a query of the contract may have', async () => {
  const sent = new Map<string, Set<string>>();
  const client = createClient({
    baseUrl: 'http://caviar.test',
    patienceMs: 0,
    async fetch(input, init) {
      const { pathname, searchParams } = new URL(String(input));
      const call = `${init?.method} ${pathname.replaceAll(/\bID\b/g, '{id}')}`;
      const after = new Headers(init?.headers).has('last-event-id') ? ['after'] : []; // the header says the same
      sent.set(call, new Set([...(sent.get(call) ?? []), ...searchParams.keys(), ...after]));
      return new Response(null, { status: 204 });
    },
  });
  const names = new Set(operations.flatMap(({ query }) => Object.keys(query?.shape ?? {})));
  const options = Object.fromEntries([...names].map((name) => [name, VALUES[name] ?? name]));
  for (const name of Object.keys(client) as (keyof Client)[]) {
    if (name === 'watchLeaderboard' || name.startsWith('every')) continue; // they ask again and again
    const method = client[name] as (...values: unknown[]) => Promise<unknown> & AsyncGenerator<unknown, void>;
    const takesNone = name.startsWith('list') && name !== 'listTrials' && name !== 'listWebhooks';
    const answer = method(...(IN_PLACE[name] ?? (takesNone ? [options] : ['ID', options])));
    if (name === 'followEvents' || name === 'followChanges') await answer.next();
    else await answer.catch(() => {}); // there is no body to read
  }
  const missing = operations.flatMap(({ method, path, query }) =>
    Object.keys(query?.shape ?? {})
      .filter((key) => !sent.get(`${method} ${path}`)?.has(key))
      .map((key) => `${method} ${path} ${key}`),
  );
  expect(missing).toEqual([]);
});
