import { schemaProblem } from '@caviar/db';
import type { Quotas } from '@caviar/orchestrator';
import { readPrograms } from '@caviar/orchestrator';
import { LOG_LEVELS, type LogLevel } from '@caviar/telemetry';
import { z } from 'zod';
import { isLoopback } from './loopback.js';

/** The settings of the process, checked. Nothing else reads the environment. */
export interface Config {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Without any, `host` is a loopback address. */
  readonly apiKeys: readonly string[];
  /** Requests a second that a key may make in the long run; 0 = any number. */
  readonly rateLimit: number;
  /** What a project may have at once. */
  readonly quotas: Quotas;
  /** Requests of a key that an instance holds at once: streams of events, and boards that are waited for. */
  readonly heldRequests: number;
  /** Origins of web pages elsewhere that may call the API. */
  readonly corsOrigins: readonly string[];
  /** Workers that may be lost with a trial before it is taken for the cause. */
  readonly maxLosses: number;
  /** Bytes of one upload, as it is sent. */
  readonly uploadBytes: number;
  /** Names of the programs that searches may have workers run. */
  readonly programs: readonly string[];
  readonly logLevel: LogLevel;
  /** A supervisor started us: it passes signals on and tells people that we are ready. */
  readonly isSupervised: boolean;
}

/** One clear line per variable that is wrong. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
  }
}

/** Reads the settings. A variable that is empty counts as not set. @throws ConfigError */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, env[name]?.trim() || undefined]));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  }
  const { data } = parsed;
  if (data.CAVIAR_API_KEYS.length === 0 && !isLoopback(data.HOST)) {
    throw new ConfigError([
      `HOST: ${data.HOST} can be reached from other machines, which needs API keys: set CAVIAR_API_KEYS to one or more, separated by commas (or HOST to 127.0.0.1)`,
    ]);
  }
  return {
    host: data.HOST,
    port: data.PORT,
    databaseUrl: data.DATABASE_URL,
    redisUrl: data.REDIS_URL,
    apiKeys: data.CAVIAR_API_KEYS,
    rateLimit: data.CAVIAR_RATE_LIMIT,
    quotas: {
      searches: data.CAVIAR_MAX_SEARCHES,
      trialsInFlight: data.CAVIAR_MAX_TRIALS_IN_FLIGHT,
      dataBytes: data.CAVIAR_MAX_DATA_BYTES,
    },
    uploadBytes: data.CAVIAR_MAX_UPLOAD_BYTES,
    heldRequests: data.CAVIAR_MAX_HELD_REQUESTS,
    corsOrigins: data.CAVIAR_CORS_ORIGINS,
    maxLosses: data.CAVIAR_MAX_LOSSES,
    logLevel: data.LOG_LEVEL,
    programs: data.CAVIAR_PROGRAMS,
    isSupervised: data.CAVIAR_SUPERVISED === '1',
  };
}

const url = (protocols: readonly string[], example: string) =>
  z
    .string(`is not set; it must be a URL such as ${example} (npm start brings its own)`)
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL such as ${example}`,
    );

function programsIn(path: string | undefined, context: z.RefinementCtx): readonly string[] {
  try {
    return [...readPrograms(path).keys()];
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
}

const port = 'must be a port, 0 to 65535 (0 picks a free one)';

const count = (what: string) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be ${what}`)
    .transform(Number);

/** Texts separated by commas; none when nothing is given. */
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );

/** Whether a text is an origin as browsers send it: scheme and host, a port if it is not the usual one, nothing behind. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

const schema = z.object({
  HOST: z
    .string()
    .regex(/^[\w.:[\]-]+$/, 'must be a host name or an address')
    .default('127.0.0.1'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, port)
    .transform(Number)
    .refine((number) => number <= 65_535, port)
    .default(3000),
  DATABASE_URL: url(['postgres:', 'postgresql:'], 'postgres://user:password@localhost:5432/caviar').superRefine(
    (text, context) => {
      const message = schemaProblem(text);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    },
  ),
  REDIS_URL: url(['redis:', 'rediss:'], 'redis://localhost:6379'),
  CAVIAR_API_KEYS: list.refine(
    (keys) => keys.every((key) => /^[\x21-\x7e]+$/.test(key)),
    'a key must have visible ASCII characters only',
  ),
  CAVIAR_CORS_ORIGINS: list.refine(
    (origins) => origins.every(isOrigin),
    'must be origins such as https://board.example, separated by commas',
  ),
  CAVIAR_RATE_LIMIT: count('requests a second, 0 or more').default(1000),
  CAVIAR_MAX_SEARCHES: count('a number of searches, 0 or more').default(1000),
  CAVIAR_MAX_TRIALS_IN_FLIGHT: count('a number of trials, 0 or more').default(100_000),
  CAVIAR_MAX_UPLOAD_BYTES: count('a number of bytes, 0 or more').default(2 ** 30),
  CAVIAR_MAX_DATA_BYTES: count('a number of bytes, 0 or more').default(10 * 2 ** 30),
  CAVIAR_MAX_HELD_REQUESTS: count('a number of requests, 0 or more').default(1000),
  CAVIAR_MAX_LOSSES: count('a number of workers, 1 or more')
    .refine((n) => n >= 1, 'must be 1 or more')
    .default(3),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  CAVIAR_PROGRAMS: z.string().optional().transform(programsIn),
  CAVIAR_SUPERVISED: z.enum(['0', '1'], 'must be 1 or 0').default('0'),
});
