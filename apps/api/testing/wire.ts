import {
  OPERATIONS,
  type Operation,
  type OperationId,
  PROBLEMS,
  type Problem,
  type ProblemCode,
  problemSchema,
  problemType,
} from '@caviar/contracts';
import type { FastifyInstance } from 'fastify';
import { expect } from 'vitest';
import type { z } from 'zod';

type Response = Awaited<ReturnType<FastifyInstance['inject']>>;

/** What an operation answers with when all goes well. */
type Answer<Id extends OperationId> = (typeof OPERATIONS)[Id] extends { readonly responses: infer Responses }
  ? {
      [Status in keyof Responses]: Responses[Status] extends { readonly schema: infer Schema extends z.ZodType }
        ? z.output<Schema>
        : never;
    }[keyof Responses]
  : never;

/** The body of an answer, after checking that it is exactly what the contract says of that operation and status. */
export function body<Id extends OperationId>(response: Response, id: Id): Answer<Id> {
  const op: Operation = OPERATIONS[id];
  const spec = op.responses[response.statusCode];
  expect(spec, `${id} answers ${response.statusCode}: ${response.body.slice(0, 300)}`).toBeDefined();
  expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  const json: unknown = response.json();
  expect(spec?.schema?.safeParse(json).error?.issues ?? []).toEqual([]);
  return json as Answer<Id>;
}

/** The problem that an answer is, after checking its form. */
export function problem(response: Response, code?: ProblemCode): Problem {
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  const read = problemSchema.parse(response.json());
  if (code !== undefined) expect(read.code).toBe(code);
  expect(read.status).toBe(response.statusCode);
  expect(read.status).toBe(PROBLEMS[read.code].status);
  expect(read.type).toBe(problemType(read.code));
  expect(read.requestId).toBe(response.headers['x-request-id']);
  return read;
}

/** A spec of a search that needs no data set. */
export const quadraticSpec = {
  name: 'a parabola',
  trainer: { kind: 'quadratic' },
  space: { learningRate: { kind: 'float', min: 0.001, max: 1, scale: 'log' } },
  stop: { maxTrials: 20 },
  seed: 7,
} as const;
