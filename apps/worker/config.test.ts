import { expect, test } from 'vitest';
import { readConfig } from './config.js';

const URLS = { DATABASE_URL: 'postgresql://u:p@h/x', REDIS_URL: 'redis://h' };

test('an empty variable is one that is not set, as the env files of containers and units leave them', () => {
  const names = [
    'CAVIAR_CONCURRENCY',
    'CAVIAR_LEASE_MS',
    'CAVIAR_CHECKPOINT_MS',
    'CAVIAR_HOST',
    'CAVIAR_HOME',
    'LOG_LEVEL',
  ];
  const more = ['CAVIAR_METRICS_PORT', 'CAVIAR_ALIVE_FILE', 'CAVIAR_PROGRAMS', 'CAVIAR_SUPERVISED', 'CAVIAR_WEBHOOKS'];
  const empty = Object.fromEntries([...names, ...more].map((name, i) => [name, i % 2 === 0 ? '' : ' ']));
  expect(readConfig({ ...URLS, ...empty })).toEqual({ ...readConfig(URLS), environment: { ...URLS, ...empty } });
  expect(readConfig(URLS)).toMatchObject({ concurrency: 1, metrics: undefined, supervised: false, logLevel: 'info' });
  expect(readConfig({ ...URLS, CAVIAR_SUPERVISED: '1' }).supervised).toBe(true);
});

test('takes the URLs that Postgres has: sockets, IPv6, passwords with anything in them', () => {
  for (const url of [
    'postgresql:///x?host=/run/pg',
    'postgres://u:p%40%2F@[::1]:5433/x',
    'postgresql://u@%2Frun%2Fpg/x',
  ])
    expect(readConfig({ ...URLS, DATABASE_URL: url }).databaseUrl).toBe(url);
});

test('says all that is wrong, a line for each variable', () => {
  const wrong = { ...URLS, CAVIAR_CONCURRENCY: 'two', CAVIAR_LEASE_MS: '5', REDIS_URL: 'localhost' };
  const lines = (() => {
    try {
      readConfig(wrong);
      return [];
    } catch (error) {
      return (error as Error).message.split('\n');
    }
  })();
  expect(lines.map((line) => line.split(':')[0]).sort()).toEqual([
    'CAVIAR_CONCURRENCY',
    'CAVIAR_LEASE_MS',
    'REDIS_URL',
  ]);
  expect(lines).toContain('CAVIAR_CONCURRENCY: must be a number');
  const schema = (name: string) => () => readConfig({ ...URLS, DATABASE_URL: `postgres://h/x?${name}` });
  expect(schema('schema=$user')).toThrow(/^DATABASE_URL: schema must be a name/);
  expect(schema('schema=a&pgbouncer=true')).toThrow(/^DATABASE_URL: schema cannot be chosen/);
  expect(schema('schema=public&pgbouncer=true')().databaseUrl).toMatch(/pgbouncer/);
});
