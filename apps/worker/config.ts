import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { schemaProblem } from '@caviar/db';
import { type Programs, readPrograms } from '@caviar/orchestrator';
import { z } from 'zod';
import type { CheckpointPolicy } from './trainer/protocol.js';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const NUMBER = 'must be a number';

const environmentSchema = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL' })
    .superRefine((url, context) => {
      const message = schemaProblem(url);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    }),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }),
  CAVIAR_CONCURRENCY: z.coerce.number(NUMBER).int().min(1).max(256).default(1),
  CAVIAR_LEASE_MS: z.coerce.number(NUMBER).int().min(1_000).max(600_000).default(15_000),
  CAVIAR_MAX_LOSSES: z.coerce.number(NUMBER).int().min(1).max(1_000_000).default(3),
  CAVIAR_HOST: z.string().min(1).max(200).optional(),
  CAVIAR_CHECKPOINT_MS: z.coerce.number(NUMBER).int().min(0).max(86_400_000).default(15_000),
  CAVIAR_CHECKPOINT_KEEP: z.coerce.number(NUMBER).int().min(2).max(1_000).default(8),
  CAVIAR_CHECKPOINT_MAX_MB: z.coerce.number(NUMBER).min(0).max(500).default(64),
  CAVIAR_HISTORY_DAYS: z.coerce.number(NUMBER).min(0.01).max(36_500).default(30),
  CAVIAR_WEBHOOKS: z.enum(['public', 'any']).default('public'),
  CAVIAR_ALIVE_FILE: z.string().min(1).optional(),
  CAVIAR_METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  CAVIAR_METRICS_PORT: z.coerce.number(NUMBER).int().min(0).max(65_535).optional(),
  CAVIAR_HOME: z.string().min(1).optional(),
  CAVIAR_PROGRAMS: z.string().optional(),
  CAVIAR_SUPERVISED: z.string().optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
});

export interface WorkerConfig {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Name of the machine: workers that share its fate share it. */
  readonly host: string;
  /** Trials trained at the same time, one thread each. */
  readonly concurrency: number;
  /** Time after which a silent worker loses its trials. */
  readonly leaseMs: number;
  /** Workers that may be lost with a trial before it is taken for the cause. */
  readonly maxLosses: number;
  /** When running trials leave checkpoints, and how many of each are kept. */
  readonly checkpoints: CheckpointPolicy & { readonly most: number };
  /** Age at which events go, and with them the history of trials. */
  readonly historyMs: number;
  /** Whom webhooks may tell: addresses of the public internet, or any. */
  readonly webhooks: 'public' | 'any';
  /** A file that the process touches while its event loop turns; undefined: none. */
  readonly aliveFile: string | undefined;
  /** Where Prometheus finds this process; undefined: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** Folder for copies of the data sets that trials train on. */
  readonly dataFolder: string;
  /** Programs that trials of the trainer `command` may run. */
  readonly programs: Programs;
  /** What programs may see, as far as they are registered for it. */
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  /** A supervisor started us, and will tell us when to stop. */
  readonly supervised: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** Reads the environment, where an empty variable counts as one that is not set; throws an Error with one line per bad variable. */
export function readConfig(environment: Readonly<NodeJS.ProcessEnv> = process.env): WorkerConfig {
  const names = Object.keys(environmentSchema.shape);
  const given = Object.fromEntries(names.map((name) => [name, environment[name]?.trim() || undefined]));
  const result = environmentSchema.safeParse(given);
  if (!result.success) {
    throw new Error(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
  }
  const { data } = result;
  return {
    databaseUrl: data.DATABASE_URL,
    redisUrl: data.REDIS_URL,
    host: data.CAVIAR_HOST ?? hostname(),
    concurrency: data.CAVIAR_CONCURRENCY,
    leaseMs: data.CAVIAR_LEASE_MS,
    maxLosses: data.CAVIAR_MAX_LOSSES,
    checkpoints: {
      everyMs: data.CAVIAR_CHECKPOINT_MS,
      maxBytes: data.CAVIAR_CHECKPOINT_MAX_MB * 2 ** 20,
      most: data.CAVIAR_CHECKPOINT_KEEP,
    },
    historyMs: data.CAVIAR_HISTORY_DAYS * 24 * 3_600_000,
    webhooks: data.CAVIAR_WEBHOOKS,
    aliveFile: data.CAVIAR_ALIVE_FILE,
    metrics:
      data.CAVIAR_METRICS_PORT === undefined
        ? undefined
        : { host: data.CAVIAR_METRICS_HOST, port: data.CAVIAR_METRICS_PORT },
    dataFolder: join(data.CAVIAR_HOME ?? join(tmpdir(), 'caviar'), 'datasets'),
    programs: programsOf(data.CAVIAR_PROGRAMS),
    environment,
    supervised: data.CAVIAR_SUPERVISED === '1',
    logLevel: data.LOG_LEVEL,
  };
}

function programsOf(path: string | undefined): Programs {
  try {
    return readPrograms(path);
  } catch (error) {
    throw new Error(`CAVIAR_PROGRAMS: ${error instanceof Error ? error.message : String(error)}`);
  }
}
