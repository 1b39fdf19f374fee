import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from './config.js';

const env = { DATABASE_URL: 'postgres://u:p@db/caviar', REDIS_URL: 'redis://cache' };

function linesOf(settings: Record<string, string>): readonly string[] {
  try {
    loadConfig(settings);
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
  }
  throw new Error('the settings were accepted');
}

describe('settings', () => {
  test('have defaults', () => {
    expect(loadConfig(env)).toEqual({
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: env.DATABASE_URL,
      redisUrl: env.REDIS_URL,
      apiKeys: [],
      rateLimit: 1000,
      quotas: { searches: 1000, trialsInFlight: 100_000, dataBytes: 10_737_418_240 },
      uploadBytes: 1_073_741_824,
      heldRequests: 1000,
      maxLosses: 3,
      corsOrigins: [],
      programs: [],
      logLevel: 'info',
      isSupervised: false,
    });
  });

  test('are read from text; an empty one counts as not set', () => {
    const config = loadConfig({
      ...env,
      HOST: '0.0.0.0',
      PORT: '0',
      CAVIAR_API_KEYS: ' one, two ,,',
      CAVIAR_RATE_LIMIT: '50',
      CAVIAR_MAX_SEARCHES: '3',
      CAVIAR_MAX_TRIALS_IN_FLIGHT: '40',
      CAVIAR_MAX_DATA_BYTES: '2000000000000',
      CAVIAR_MAX_UPLOAD_BYTES: '5000000',
      CAVIAR_MAX_HELD_REQUESTS: '7',
      CAVIAR_CORS_ORIGINS: 'https://board.example, http://localhost:5173',
      LOG_LEVEL: '',
      CAVIAR_SUPERVISED: '1',
    });
    expect(config).toMatchObject({
      host: '0.0.0.0',
      port: 0,
      apiKeys: ['one', 'two'],
      rateLimit: 50,
      quotas: { searches: 3, trialsInFlight: 40, dataBytes: 2_000_000_000_000 },
      uploadBytes: 5_000_000,
      heldRequests: 7,
      corsOrigins: ['https://board.example', 'http://localhost:5173'],
      logLevel: 'info',
      isSupervised: true,
    });
  });

  test.each([
    ['PORT', '65536', /^PORT: must be a port, 0 to 65535/],
    ['PORT', 'http', /^PORT: must be a port/],
    ['PORT', '-1', /^PORT: must be a port/],
    ['HOST', 'a b', /^HOST: must be a host name/],
    ['DATABASE_URL', 'postgres://db/x?schema=$user', /^DATABASE_URL: schema must be a name of letters/],
    [
      'DATABASE_URL',
      'postgres://db/x?schema=a&pgbouncer=true',
      /^DATABASE_URL: schema cannot be chosen where pgbouncer/,
    ],
    ['DATABASE_URL', 'mysql://x', /^DATABASE_URL: must be a URL such as postgres:/],
    ['REDIS_URL', 'localhost:6379', /^REDIS_URL: must be a URL such as redis:/],
    ['LOG_LEVEL', 'loud', /^LOG_LEVEL: must be one of trace, debug, info/],
    ['CAVIAR_RATE_LIMIT', '-1', /^CAVIAR_RATE_LIMIT: must be requests a second, 0 or more/],
    ['CAVIAR_API_KEYS', 'fine,not fine', /^CAVIAR_API_KEYS: a key must have visible ASCII/],
    ['CAVIAR_MAX_DATA_BYTES', '10 GB', /^CAVIAR_MAX_DATA_BYTES: must be a number of bytes, 0 or more/],
    ['CAVIAR_MAX_HELD_REQUESTS', '-1', /^CAVIAR_MAX_HELD_REQUESTS: must be a number of requests/],
    ['CAVIAR_CORS_ORIGINS', '*', /^CAVIAR_CORS_ORIGINS: must be origins such as/],
    ['CAVIAR_CORS_ORIGINS', 'https://board.example/', /^CAVIAR_CORS_ORIGINS: must be origins such as/],
    ['CAVIAR_CORS_ORIGINS', 'null', /^CAVIAR_CORS_ORIGINS: must be origins such as/],
    ['CAVIAR_SUPERVISED', 'yes', /^CAVIAR_SUPERVISED: must be 1 or 0/],
  ])('%s=%s gives one line that says what to do', (name, value, line) => {
    expect(linesOf({ ...env, [name]: value })).toEqual([expect.stringMatching(line)]);
  });

  test('that are missing are named, each in its line', () => {
    expect(linesOf({})).toEqual([
      expect.stringMatching(/^DATABASE_URL: is not set; .*npm start/),
      expect.stringMatching(/^REDIS_URL: is not set; .*npm start/),
    ]);
  });

  test('a bad URL is not repeated: there may be a password in it', () => {
    expect(linesOf({ ...env, DATABASE_URL: 'pg://u:s3cret@db' }).join()).not.toContain('s3cret');
  });
});

describe('without API keys', () => {
  test.each(['127.0.0.1', '127.8.8.8', 'localhost', '::1', '[::1]'])('%s may be listened on', (HOST) => {
    expect(loadConfig({ ...env, HOST }).host).toBe(HOST);
  });

  test.each(['0.0.0.0', '::', '192.168.1.5', 'caviar.example', '127.0.0.1.example', '128.0.0.1'])(
    '%s may not, and the line says what to set',
    (HOST) => {
      expect(linesOf({ ...env, HOST })).toEqual([expect.stringMatching(/^HOST: .* set CAVIAR_API_KEYS/)]);
      expect(loadConfig({ ...env, HOST, CAVIAR_API_KEYS: 'k' }).host).toBe(HOST);
    },
  );
});
