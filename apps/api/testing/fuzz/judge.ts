import { type Operation, PROBLEMS, type ProblemCode, problemSchema, problemsOf, problemType } from '@caviar/contracts';
import type { Plan } from './plan.js';
import type { Answer } from './send.js';

/** What is found in the bytes before anything knows which operation they are for. */
const BEFORE_ANY_CALL: readonly ProblemCode[] = [
  'bad-request',
  'headers-too-large',
  'malformed-json',
  'payload-too-large',
  'unsupported-media-type',
  'request-timeout',
];

/** What no caller may learn: places in the source, other programs' words, settings. */
const INSIDES = /\n\s+at |node_modules|\.ts:\d|prisma|postgres(ql)?:\/\/|redis:\/\/|SELECT |ECONN|undefined is not/i;

/** What is wrong with an answer; null when nothing is. */
export function complaintAbout({ op, isExact, method }: Plan, answer: Answer | null): string | null {
  // A connection that is closed without an answer is what a request whose body never ends gets, and nothing else does.
  if (answer === null) return 'the connection was closed without an answer';
  const { status, headers, body } = answer;
  if (status >= 500) return `status ${status}`;
  if (status >= 400) return problemComplaint(answer, isExact ? op : null, method);
  if (headers['x-request-id'] === undefined && status !== 204) return 'no X-Request-Id';
  return isExact ? contractComplaint(op, answer) : status === 304 && body !== '' ? '304 with a body' : null;
}

function problemComplaint({ status, headers, body }: Answer, op: Operation | null, method: string): string | null {
  if (headers['content-type'] !== 'application/problem+json; charset=utf-8') return `type ${headers['content-type']}`;
  // What could not be read as a request is answered without knowing its method.
  if (method === 'HEAD' && body === '') return null;
  if (method === 'HEAD' && headers['connection'] !== 'close') return 'HEAD with a body';
  if (INSIDES.test(body)) return 'the inside shows';
  const parsed = problemSchema.safeParse(parse(body));
  if (!parsed.success) return `not a problem: ${parsed.error.message}`;
  const { code, type, requestId } = parsed.data;
  if (parsed.data.status !== status || PROBLEMS[code].status !== status) return `status ${status} for ${code}`;
  if (type !== problemType(code)) return `type ${type} for ${code}`;
  if (headers['x-request-id'] !== requestId) return 'another request id in the header than in the body';
  if (code === 'invalid-spec' && (parsed.data.errors ?? []).length === 0) return 'invalid-spec without errors';
  if (status === 429 && headers['retry-after'] === undefined && code !== 'quota-exceeded')
    return '429 without Retry-After';
  if (op === null || BEFORE_ANY_CALL.includes(code) || problemsOf(op).includes(code)) return null;
  return `${code} is not a problem that the call documents`;
}

function contractComplaint(op: Operation, { status, headers, body }: Answer): string | null {
  const spec = op.responses[status];
  if (spec === undefined) return `status ${status} is not one that the call documents`;
  const type = headers['content-type'];
  if (spec.contentTypes !== undefined) {
    if (status === 204 || type === undefined) return null;
    const [bare = ''] = type.split(';');
    return spec.contentTypes.some((known) => known.startsWith(bare)) ? null : `type ${type}`;
  }
  if (spec.schema === undefined) return body === '' || op.path === '/' ? null : `${status} with a body`;
  if (type === undefined || !/^application\/json(; charset=utf-8)?$/.test(type)) return `type ${type}`;
  const { error } = spec.schema.safeParse(parse(body));
  return error === undefined ? null : `not what the call documents: ${error.message}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
