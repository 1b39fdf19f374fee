import {
  forbiddenContent,
  type InvalidField,
  type Operation,
  type ParsedInput,
  type ProblemCode,
  parseInput,
  parseParameters,
  roleOf,
} from '@caviar/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { HttpProblem } from './http-problem.js';
import { isId } from './id.js';
import { parseJson } from './parse-json.js';
import { invalid } from './to-http-problem.js';

type Parsed<Op extends Operation, Part extends 'query' | 'headers' | 'body'> = Op extends {
  readonly [P in Part]: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : undefined;

/** What a handler is given: everything parsed by the operation's own schemas. */
export interface RouteInput<Op extends Operation> {
  /** The `{id}` of the path; empty where there is none. */
  readonly id: string;
  readonly query: Parsed<Op, 'query'>;
  readonly headers: Parsed<Op, 'headers'>;
  readonly body: Parsed<Op, 'body'>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Registers an operation of the contract. HEAD comes with every GET. */
export function route<Op extends Operation>(
  app: FastifyInstance,
  op: Op,
  handler: (input: RouteInput<Op>) => Promise<unknown>,
): void {
  app.route({
    method: op.method,
    url: routeUrl(op),
    config: { role: roleOf(op) },
    handler: (request, reply) => handler(readInput(op, request, reply)),
  });
}

/** The path of an operation in Fastify's way of writing: `:id` for `{id}`. */
export function routeUrl({ path }: Operation): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function readInput<Op extends Operation>(op: Op, request: FastifyRequest, reply: FastifyReply): RouteInput<Op> {
  return {
    id: readId(op, request),
    query: readQuery(op, request) as Parsed<Op, 'query'>,
    headers: readHeaders(op, request) as Parsed<Op, 'headers'>,
    body: readBody(op, request) as Parsed<Op, 'body'>,
    request,
    reply,
  };
}

function readId(op: Operation, request: FastifyRequest): string {
  const { id } = request.params as { readonly id?: string };
  if (id === undefined) return '';
  if (isId(id)) return id;
  const code = op.problems.find((problem) => problem.endsWith('-not-found')) ?? 'not-found';
  throw new HttpProblem(code, 'There is nothing of that id.');
}

function readQuery(op: Operation, request: FastifyRequest): unknown {
  const given = request.query as Readonly<Record<string, unknown>>;
  if (op.query !== undefined) return accept(parseParameters(op.query, given), 'invalid-request');
  const errors = Object.keys(given).map(unknownParameter);
  if (errors.length > 0) throw invalid('invalid-request', errors);
  return undefined;
}

function unknownParameter(parameter: string): InvalidField {
  return { pointer: `/${parameter}`, parameter, message: 'is not known; this call has no parameters' };
}

function readHeaders(op: Operation, request: FastifyRequest): unknown {
  if (op.headers === undefined) return undefined;
  const given = Object.keys(op.headers.shape).flatMap((name) => {
    const value = request.headers[name.toLowerCase()];
    return value === undefined ? [] : [[name, value]];
  });
  return accept(parseParameters(op.headers, Object.fromEntries(given)), 'invalid-request');
}

function readBody(op: Operation, request: FastifyRequest): unknown {
  if (op.body === undefined) return undefined;
  const text = request.body as string | undefined;
  const body = text === undefined || text.trim() === '' ? undefined : parseJson(text);
  const code = op.bodyProblem ?? 'invalid-request';
  const forbidden = forbiddenContent(body);
  if (forbidden.length > 0) throw invalid(code, forbidden);
  const parsed = parseInput(op.body, body);
  if (!parsed.ok && body === undefined) {
    throw new HttpProblem('malformed-json', 'The body is empty; a JSON object is expected.');
  }
  return accept(parsed, code);
}

function accept<Value>(parsed: ParsedInput<Value>, code: ProblemCode): Value {
  if (!parsed.ok) throw invalid(code, parsed.errors);
  return parsed.value;
}
