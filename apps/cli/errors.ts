/** The command line makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(
    message: string,
    /** The command to type next. */
    readonly next: string,
  ) {
    super(message);
  }
}

/** A file, or standard input, is not what the command needs. */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(
    message: string,
    /** More about it, one line each. */
    readonly details: readonly string[] = [],
  ) {
    super(message);
  }
}

/** What a command names is not there. */
export class MissingError extends InputError {}

/** Whether an error only says that somebody has had enough. */
export function isAbortLike(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.message === 'interrupted');
}
