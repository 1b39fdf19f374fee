/** A step of the start that could not be taken: which, why, and what the reader can do about it. */
export class StepError extends Error {
  override readonly name = 'StepError';

  constructor(
    readonly step: string,
    readonly reason: string,
    readonly advice: string,
  ) {
    super(`${step} failed: ${reason}. Try: ${advice}`);
  }
}

/** The words of any thrown thing; Node's AggregateError (a refused connection) has its own in `errors`. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}
