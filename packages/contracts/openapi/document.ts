import type { z } from 'zod';
import { type Operation, problemsOf, type ResponseSpec } from '../operations/operation.js';
import { OPERATIONS } from '../operations/operations.js';
import { PROBLEMS, type ProblemCode, problemSchema, problemType } from '../problem.js';
import { Components, type JsonSchema } from './components.js';

/** The OpenAPI 3.1 document of the API, made of the very schemas that validate. */
export function openApiDocument(version: string): JsonSchema {
  const components = new Components();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const [operationId, op] of Object.entries<Operation>(OPERATIONS)) {
    paths[op.path] = { ...paths[op.path], [op.method.toLowerCase()]: describe(operationId, op, components) };
  }
  const { document, schemas } = components.settle(paths);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Caviar',
      version,
      summary: 'A self-hosted hyperparameter-search service.',
      description:
        'POST a search; workers train its trials in parallel; poll the leaderboard. Lists come in pages of `limit` items with a `nextCursor`. Errors are `application/problem+json` (RFC 9457); [every code is explained](/problems).',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'This service.' }],
    tags: [...new Set(Object.values<Operation>(OPERATIONS).map(({ tag }) => tag))].map((name) => ({ name })),
    // An empty alternative: a service on loopback may run without keys.
    security: [{ apiKey: [] }, {}],
    paths: document,
    components: {
      schemas,
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'One of CAVIAR_API_KEYS, where the service has any.' },
      },
    },
  };
}

function describe(operationId: string, op: Operation, components: Components): JsonSchema {
  const ids = [...op.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const parameters = [
    ...ids,
    ...parametersOf(op.query, 'query', components),
    ...parametersOf(op.headers, 'header', components),
  ];
  return {
    operationId,
    tags: [op.tag],
    summary: op.summary,
    ...(op.description !== undefined && { description: op.description }),
    ...(!op.path.startsWith('/v1/') && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(op.body !== undefined && {
      requestBody: {
        required: !op.body.safeParse(undefined).success,
        content: { 'application/json': { schema: components.sent(op.body) } },
      },
    }),
    ...(op.form !== undefined && {
      requestBody: { required: true, content: { 'multipart/form-data': { schema: components.sent(op.form) } } },
    }),
    responses: { ...successes(op, components), ...failures(op, components) },
  };
}

function parametersOf(
  schema: z.ZodObject | undefined,
  place: 'query' | 'header',
  components: Components,
): JsonSchema[] {
  return Object.entries(schema?.shape ?? {}).map(([name, parameter]) => {
    const { description, ...rest } = components.sent(parameter as z.ZodType);
    return { name, in: place, required: false, ...(description !== undefined && { description }), schema: rest };
  });
}

function successes(op: Operation, components: Components): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(op.responses).map(([status, response]) => [
      status,
      {
        description: response.description,
        headers: headersOf({ ...response.headers, 'X-Request-Id': 'Names this request in the log.' }),
        ...contentOf(response, components),
      },
    ]),
  );
}

function contentOf(response: ResponseSpec, components: Components): JsonSchema {
  const described = response.schema === undefined ? {} : { schema: components.received(response.schema) };
  const types = response.contentTypes ?? (response.schema === undefined ? [] : ['application/json']);
  return types.length === 0 ? {} : { content: Object.fromEntries(types.map((type) => [type, described])) };
}

/** Problems by status, an example for each code. */
function failures(op: Operation, components: Components): Record<string, JsonSchema> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(op)) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
        headers: headersOf(FAILURE_HEADERS[status] ?? {}),
        content: {
          'application/problem+json': {
            schema: components.received(problemSchema),
            examples: Object.fromEntries(codes.map((code) => [code, { value: exampleProblem(code, op) }])),
          },
        },
      },
    ]),
  );
}

const FAILURE_HEADERS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { 'WWW-Authenticate': 'Bearer.' },
  405: { Allow: 'Methods that the path has.' },
  429: { 'Retry-After': 'Seconds to wait before trying again.' },
  503: { 'Retry-After': 'Seconds to wait before trying again.' },
};

function headersOf(headers: Readonly<Record<string, string>>): JsonSchema {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );
}

function exampleProblem(code: ProblemCode, op: Operation): JsonSchema {
  const { status, title, whatToDo } = PROBLEMS[code];
  return {
    type: problemType(code),
    title,
    status,
    detail: whatToDo,
    instance: op.path.replace('{id}', 'srch_01JBQ0QW2M').replace('{code}', 'x'),
    code,
    requestId: 'req_2pkYzL0cVq',
  };
}
