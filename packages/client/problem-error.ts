import type { InvalidField, Problem, ProblemCode } from '@caviar/contracts';

/** An answer that says what went wrong. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly status: number;
  /** What is wrong with the request, by JSON pointer; empty unless it is the request's fault. */
  readonly errors: readonly InvalidField[];
  /** Finds the request in the service's log. */
  readonly requestId: string;

  constructor(
    readonly problem: Problem,
    /** When to try again, where the service says so. */
    readonly retryAfterMs: number | null,
  ) {
    super(problem.detail);
    this.code = problem.code;
    this.status = problem.status;
    this.errors = problem.errors ?? [];
    this.requestId = problem.requestId;
  }
}

/** The service did not answer, or something between us and it answered in its place. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';

  constructor(
    readonly url: string,
    reason: string,
    cause?: unknown,
  ) {
    super(`${url} ${reason}`, { cause });
  }
}
