import type { InvalidField, ProblemCode } from '@caviar/contracts';

/** Thrown anywhere in a request to answer it with a problem. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';

  constructor(
    readonly code: ProblemCode,
    /** What happened this time, for the caller to read: it never holds internals. */
    readonly detail: string,
    readonly more: {
      readonly errors?: readonly InvalidField[];
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ) {
    super(detail);
  }
}
