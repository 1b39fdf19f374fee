import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, serverEnvironment, wantsColor } from './config.js';

const problemsOf = (environment: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readConfig({}, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe('readConfig', () => {
  test('has the documented defaults', () => {
    expect(readConfig({}, {})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      home: resolve('.caviar'),
      databaseUrl: undefined,
      redisUrl: undefined,
      workers: availableParallelism(),
      workerNode: process.execPath,
      logLevel: 'info',
      hasApiKeys: false,
    });
  });

  test('takes an empty variable for one that is not set', () => {
    expect(readConfig({}, { PORT: '', DATABASE_URL: ' ', CAVIAR_WORKERS: '' })).toEqual(readConfig({}, {}));
  });

  test('keeps what is given', () => {
    const config = readConfig({}, { PORT: '0', CAVIAR_WORKERS: '0', CAVIAR_HOME: '/data', REDIS_URL: 'rediss://r:1' });
    expect(config).toMatchObject({ port: 0, workers: 0, home: '/data', redisUrl: 'rediss://r:1' });
  });

  test.each([
    [{ PORT: 'http' }, 'PORT'],
    [{ PORT: '65536' }, 'PORT'],
    [{ PORT: '-1' }, 'PORT'],
    [{ PORT: '3000.5' }, 'PORT'],
    [{ CAVIAR_WORKERS: 'many' }, 'CAVIAR_WORKERS'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
    [{ DATABASE_URL: 'mysql://x/y' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'nonsense' }, 'DATABASE_URL'],
    [{ REDIS_URL: 'http://x' }, 'REDIS_URL'],
    [{ HOST: '0.0.0.0' }, 'HOST'],
    [{ CAVIAR_NODE: '/no/such/node' }, 'CAVIAR_NODE'],
    [{ CAVIAR_NODE: '/' }, 'CAVIAR_NODE'],
  ])('refuses %j in one line that names the variable', (environment, name) => {
    const problems = problemsOf(environment);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} .*[^\\n]$`));
  });

  test('lets workers run on another Node', () => {
    expect(readConfig({}, { CAVIAR_NODE: 'host' }).workerNode).toBe(process.execPath);
    const other = fileURLToPath(import.meta.url); // any file: whether it is a Node shows when a worker starts
    expect(readConfig({}, { CAVIAR_NODE: other }).workerNode).toBe(other);
  });

  test('reports every bad variable at once', () => {
    expect(problemsOf({ PORT: 'x', LOG_LEVEL: 'y' })).toHaveLength(2);
  });

  test('lets others in only with keys', () => {
    expect(problemsOf({ HOST: '0.0.0.0', CAVIAR_API_KEYS: 'secret' })).toEqual([]);
    for (const host of ['localhost', '::1', '127.1.2.3']) expect(problemsOf({ HOST: host })).toEqual([]);
  });
});

test('serverEnvironment leaves out what would bend a Postgres of ours', () => {
  const environment = { PATH: '/bin', PGPORT: '1', PGDATA: '/x', LC_ALL: 'de_DE', LANG: 'de_DE' };
  expect(serverEnvironment(environment)).toEqual({ PATH: '/bin' });
});

test('wantsColor honours NO_COLOR and dumb terminals', () => {
  expect(wantsColor(true, {})).toBe(true);
  expect(wantsColor(true, { NO_COLOR: '' })).toBe(true);
  expect(wantsColor(true, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColor(true, { TERM: 'dumb' })).toBe(false);
  expect(wantsColor(false, {})).toBe(false);
});
