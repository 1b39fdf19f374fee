import { DomainError } from '@caviar/orchestrator';

export const NOT_MIGRATED = 'The tables in Postgres are older than this release: npm run db:migrate';

/**
 * SQLSTATE classes and driver words that mean: the server is not there now, or cannot work now (53: its disk is full, or its memory, or
 * it has too many connections; 25006: it is a standby), try again.
 */
const AWAY_STATES = /^(08|57P0|53[123]|58|25006)/;
const AWAY_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037']);
const AWAY_WORDS =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|Connection terminated|Can't reach database|DatabaseNotReachable|ConnectionClosed|SocketTimeout|closed the connection|timeout exceeded when trying to connect|shutting down|starting up|recovery mode|not yet accepting connections/i;

interface ErrorLike {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly originalCode?: unknown;
  readonly meta?: unknown;
  readonly kind?: unknown;
}

/** Codes found in an error and what it wraps: Prisma hides the driver's code at several depths. */
function codesOf(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > 5) return [];
  const { code, originalCode, cause, meta, kind } = error as ErrorLike;
  const nested = (meta as { driverAdapterError?: unknown } | undefined)?.driverAdapterError;
  return [
    ...[code, originalCode, kind].filter((x) => typeof x === 'string'),
    ...codesOf(cause, depth + 1),
    ...codesOf(nested, depth + 1),
  ];
}

/** Whether the statement lost a race that a repetition can win (deadlock, serialisation failure). */
export function isRetryable(error: unknown): boolean {
  return codesOf(error).some((code) => code === '40P01' || code === '40001' || code === 'P2034');
}

export function isUniqueViolation(error: unknown): boolean {
  return codesOf(error).some((code) => code === '23505' || code === 'P2002');
}

function isAway(error: unknown): boolean {
  if (codesOf(error).some((code) => AWAY_CODES.has(code) || AWAY_STATES.test(code) || AWAY_WORDS.test(code)))
    return true;
  return error instanceof Error && AWAY_WORDS.test(error.message);
}

export function hasNoPrivilege(error: unknown): boolean {
  return codesOf(error).includes('42501');
}

/** Whether a table or a column is missing. */
function lacksTables(error: unknown): boolean {
  return codesOf(error).some((code) => code === '42P01' || code === '42703');
}

/** The error to throw on: `unavailable` when Postgres is away or not migrated yet, the error itself otherwise. */
export function translate(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  if (lacksTables(error)) return new DomainError('unavailable', NOT_MIGRATED, { cause: error });
  if (!isAway(error)) return error;
  const isFull = codesOf(error).includes('53100');
  const reason = isFull ? 'Postgres has no room left on its disk' : 'Postgres does not answer';
  return new DomainError('unavailable', reason, { cause: error });
}
