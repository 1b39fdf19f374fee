import type { KeyRole } from '@caviar/spec';
import type { z } from 'zod';
import type { ProblemCode } from '../problem.js';

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** One possible answer of an operation. Without a schema it has no JSON body. */
export interface ResponseSpec {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** Media types of a body that is no JSON; `schema`, if there is one, describes its parts. */
  readonly contentTypes?: readonly string[];
  /** Header name to what it says. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One call of the API: what is validated, answered, documented and typed all comes from here. */
export interface Operation {
  readonly method: HttpMethod;
  /** With `{id}` where an id goes. */
  readonly path: `/${string}`;
  readonly tag:
    | 'Searches'
    | 'Trials'
    | 'Charts'
    | 'Ask and tell'
    | 'Data sets'
    | 'Trainers'
    | 'Workers'
    | 'Keys'
    | 'Service';
  /** Role that a key needs for it; see `roleOf` for the default. */
  readonly role?: KeyRole;
  readonly summary: string;
  readonly description?: string;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Parts of a `multipart/form-data` body, which the route reads as a stream; in place of `body`. */
  readonly form?: z.ZodObject;
  /** Code of the problem when the body has the wrong shape. */
  readonly bodyProblem?: ProblemCode;
  readonly responses: Readonly<Record<number, ResponseSpec>>;
  /** What can go wrong beside the problems that `problemsOf` adds by itself. */
  readonly problems: readonly ProblemCode[];
}

/** Keeps the exact type of an operation, so that its query and body stay typed. */
export function operation<const Op extends Operation>(op: Op): Op {
  return op;
}

/** Role that a key needs for an operation: reading needs `read`, everything else `submit`, unless it says otherwise. */
export function roleOf({ role, method }: Operation): KeyRole {
  return role ?? (method === 'GET' ? 'read' : 'submit');
}

/** Every problem that an operation can answer with. */
export function problemsOf(op: Operation): ProblemCode[] {
  const codes = new Set<ProblemCode>(op.problems);
  if (op.path.startsWith('/v1/'))
    for (const code of ['unauthorized', 'forbidden', 'role-too-low', 'rate-limited', 'unavailable'] as const)
      codes.add(code);
  codes.add('invalid-request'); // parameters that a call does not have are refused, also where it has none
  if (op.form !== undefined) {
    for (const code of ['bad-request', 'payload-too-large', 'unsupported-media-type', 'request-timeout'] as const)
      codes.add(code);
  }
  if (op.body !== undefined) {
    if (op.bodyProblem !== undefined) codes.add(op.bodyProblem);
    for (const code of ['malformed-json', 'payload-too-large', 'unsupported-media-type'] as const) codes.add(code);
  }
  codes.add('internal');
  return [...codes];
}
