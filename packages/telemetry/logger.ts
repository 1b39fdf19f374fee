import { createRequire } from 'node:module';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { PrettyOptions, PrettyStream } from 'pino-pretty';
import { redactUrls } from './redact-urls.js';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  /** Name of the process in every line. */
  readonly name: string;
  readonly level: LogLevel;
  /** Short coloured lines for people instead of JSON. */
  readonly pretty: boolean;
  /** Where the lines go; standard error if left out, so that standard output stays free for what a program has to say. */
  readonly destination?: DestinationStream;
}

/**
 * A pino logger that writes at once (nothing is lost in a crash) and keeps secrets to itself: authorization headers,
 * cookies, keys, lease tokens, and the passwords in URLs, in messages and errors too.
 */
export function createLogger(options: LoggerOptions): Logger {
  const destination =
    options.destination ??
    (options.pretty
      ? prettyStream({
          destination: STDERR,
          sync: true,
          colorize: true,
          ignore: 'pid,hostname',
          translateTime: 'SYS:HH:MM:ss',
        })
      : pino.destination({ dest: STDERR, sync: true }));
  return pino(
    {
      name: options.name,
      level: options.level,
      redact: { paths: SECRETS, censor: '[redacted]' },
      hooks: { streamWrite: redactUrls },
    },
    destination,
  );
}

const STDERR = 2;

/** A megabyte that is loaded only where a person reads along. */
function prettyStream(options: PrettyOptions): PrettyStream {
  const require = createRequire(import.meta.url);
  return (require('pino-pretty') as (options: PrettyOptions) => PrettyStream)(options);
}

const NAMES = ['authorization', 'cookie', 'password', 'apiKey', 'apiKeys', 'leaseToken', 'DATABASE_URL', 'REDIS_URL'];
const SECRETS = [
  ...NAMES,
  ...NAMES.map((name) => `*.${name}`),
  ...NAMES.map((name) => `*.*.${name}`),
  '*.*["set-cookie"]',
];
