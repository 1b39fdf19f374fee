import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { readConfig } from '../../config.js';
import type { Overrides } from '../../databases.js';
import { type Stack, startStack } from '../../stack.js';
import { StepError } from '../../step-error.js';
import { send } from './http.js';

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

export interface ServiceOptions {
  readonly workers: number;
  readonly overrides?: Overrides;
  /** Leaves the data folder with its logs behind. */
  readonly keep?: boolean;
  /** Data folder, of an earlier run perhaps; it stays. Default: one of its own. */
  readonly home?: string | undefined;
}

/** The whole service as `npm start` has it, in a folder of its own, and its calls. */
export interface Service {
  readonly stack: Stack;
  readonly home: string;
  call<Body>(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Body>;
  /** Repeats a call until it is answered: for while servers are being killed. */
  insist<Body>(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Body>;
  sql<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  stop(): Promise<void>;
}

/** What somebody can mend, a folder say, is told as it is; where it was thrown helps nobody. */
function told(error: unknown): never {
  if (!(error instanceof StepError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

/** Starts the service on real databases with all their promises. */
export async function startService({
  workers,
  overrides,
  keep = false,
  home: given,
}: ServiceOptions): Promise<Service> {
  const home = given ?? mkdtempSync(join(tmpdir(), 'caviar-bench-'));
  const interrupted = new AbortController();
  const stack = await startStack({
    config: readConfig(
      {},
      { CAVIAR_HOME: home, PORT: '0', CAVIAR_WORKERS: String(workers), CAVIAR_NODE: process.env['CAVIAR_NODE'] },
    ),
    log: SILENT,
    signal: interrupted.signal,
    output: 'files',
    overrides: { ...overrides, environment: { LOG_LEVEL: 'warn', ...overrides?.environment } },
  }).catch(told);
  const stop = async () => {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await stack.stop();
    if (!keep && given === undefined) rmSync(home, { recursive: true, force: true });
  };
  const onSignal = () => void stop().then(() => process.exit(130));
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);

  const service: Service = {
    stack,
    home,
    stop,
    async call(method, path, body, headers = {}) {
      const { status, text } = await send(`${stack.url}${path}`, { method, body, headers });
      if (status >= 400) throw new CallError(`${method} ${path}: ${status} ${text}`, status);
      return JSON.parse(text);
    },
    async insist(...call) {
      for (;;) {
        try {
          return await service.call(...call);
        } catch (error) {
          if (error instanceof CallError && error.status < 500) throw error;
          await sleep(200);
        }
      }
    },
    async sql<Row>(text: string, values: readonly unknown[] = []) {
      const client = new pg.Client({ connectionString: stack.postgres.url });
      await client.connect();
      try {
        const result = await client.query(text, [...values]);
        return result.rows as Row[];
      } finally {
        await client.end();
      }
    },
  };
  return service;
}

class CallError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}
