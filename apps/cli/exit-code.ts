import { ProblemError, UnreachableError } from '@caviar/client';
import { ConfigError } from './config.js';
import { InputError, MissingError, UsageError } from './errors.js';

/** What the shell is told. They are documented, and stay. */
export const EXIT = {
  ok: 0,
  /** Something went wrong that has no code of its own. */
  failed: 1,
  /** The command line, the configuration or a file makes no sense; nothing was sent. */
  usage: 2,
  /** The service does not answer, or a part of it is away. */
  unreachable: 3,
  /** The key is missing, unknown, or may not do this. */
  denied: 4,
  notFound: 5,
  /** The service says that what it was sent makes no sense. */
  invalid: 6,
  /** It makes sense, but not now. */
  conflict: 7,
  /** The command did its work, and the outcome is a bad one: a search that failed, gradients that are wrong. */
  bad: 8,
  interrupted: 130,
} as const;

export function exitCodeOf(error: unknown): number {
  if (error instanceof MissingError) return EXIT.notFound;
  if (error instanceof UsageError || error instanceof InputError || error instanceof ConfigError) return EXIT.usage;
  if (error instanceof UnreachableError) return EXIT.unreachable;
  if (!(error instanceof ProblemError)) return EXIT.failed;
  switch (error.status) {
    case 401:
    case 403:
      return EXIT.denied;
    case 404:
    case 410:
      return EXIT.notFound;
    case 400:
    case 413:
    case 415:
    case 422:
      return EXIT.invalid;
    case 409:
    case 429:
      return EXIT.conflict;
    case 503:
      return EXIT.unreachable;
    default:
      return EXIT.failed;
  }
}
