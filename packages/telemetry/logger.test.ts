import { describe, expect, test } from 'vitest';
import { createLogger, type LogLevel } from './logger.js';

function logged(
  write: (log: ReturnType<typeof createLogger>) => void,
  level: LogLevel = 'info',
): Record<string, unknown>[] {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  write(createLogger({ name: 'test', level, pretty: false, destination }));
  return lines.map((line) => JSON.parse(line));
}

describe('the logger', () => {
  test('writes JSON with name, level and message, and nothing below its level', () => {
    const lines = logged((log) => {
      log.debug('unseen');
      log.info({ searchId: 'srch_1' }, 'created');
    });
    expect(lines).toEqual([expect.objectContaining({ name: 'test', level: 30, searchId: 'srch_1', msg: 'created' })]);
  });

  test('keeps secrets to itself, wherever they stand', () => {
    const secret = 'sw0rdf1sh';
    const url = `postgres://caviar:${secret}@db:5432/caviar`;
    const error = new Error(`cannot reach ${url}`, { cause: new Error(`redis://:${secret}@cache refused`) });
    const lines = logged((log) => {
      log.info({ headers: { authorization: `Bearer ${secret}` } }, 'a request');
      log.info({ req: { headers: { authorization: secret, cookie: secret } } }, 'a deeper one');
      log.info({ config: { DATABASE_URL: url, REDIS_URL: url, apiKeys: [secret] } }, 'settings');
      log.info({ body: { leaseToken: secret } }, `connecting to ${url}`);
      log.error({ err: error }, 'failed');
      log.error(error);
    });
    expect(lines).toHaveLength(6);
    expect(JSON.stringify(lines)).not.toContain(secret);
    expect(lines[4]).toMatchObject({
      err: { message: expect.stringContaining('postgres://caviar:***@db:5432/caviar') },
    });
    expect(lines[5]).toMatchObject({ msg: 'cannot reach postgres://caviar:***@db:5432/caviar' });
  });
});
