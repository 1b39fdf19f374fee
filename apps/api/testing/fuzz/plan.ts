import { exampleSpec, OPERATIONS, type Operation, openApiDocument } from '@caviar/contracts';
import fc from 'fast-check';
import { quadraticSpec } from '../wire.js';
import { fromSchema, known, LEASES, type Schema } from './from-schema.js';
import { multipart, type PlannedBody } from './multipart.js';
import { mutated, textMutation } from './mutate.js';
import { type Json, oddText } from './oddities.js';

/** A request to be sent, in which things that earlier answers gave are still only named (see `World`). */
export interface Plan {
  readonly operationId: string;
  readonly op: Operation;
  /** The path and method are the operation's own, so that the answer must be one of its own. */
  readonly isExact: boolean;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: PlannedBody | null;
  /** What Content-Length says beside the truth: 0, or so many bytes more or less. Null: the body comes in chunks. */
  readonly lengthError: number | null;
}

const document = openApiDocument('0') as Schema;
interface Described {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}
const paths = document['paths'] as Readonly<Record<string, Readonly<Record<string, Described>>>>;

/** Bodies that are known to be good, from which mutations reach deeper than from what the schema alone gives. */
const SEEDS: Readonly<Record<string, readonly object[]>> = {
  SearchSpecInput: [
    exampleSpec,
    { ...quadraticSpec, parallelism: 4 },
    { ...quadraticSpec, stop: { maxTrials: 30 }, sampler: { kind: 'tpe' }, scheduler: { kind: 'asha' } },
    {
      ...quadraticSpec,
      trainer: { kind: 'external' },
      objective: { metric: 'cost', direction: 'minimize' },
      parallelism: 4,
    },
  ],
};

/** Any call of the service, new ones included: all is read from the operations and their OpenAPI document. */
export function anyPlan(): fc.Arbitrary<Plan> {
  return fc.oneof(...Object.entries<Operation>(OPERATIONS).map(([operationId, op]) => planOf(operationId, op)));
}

function planOf(operationId: string, op: Operation): fc.Arbitrary<Plan> {
  const described = paths[op.path]?.[op.method.toLowerCase()] ?? {};
  const exact = fc.record({
    operationId: fc.constant(operationId),
    op: fc.constant(op),
    isExact: fc.constant(true),
    method: fc.constant(op.method as string),
    target: fc.tuple(pathOf(op.path), queryOf(described)).map(([path, query]) => path + query),
    headers: headersOf(described),
    body: bodyOf(described),
    lengthError: fc.oneof(
      { arbitrary: fc.constant(0), weight: 30 },
      { arbitrary: fc.constant(null), weight: 3 },
      fc.constantFrom(-1, 1, 1_000_000),
    ),
  });
  return fc.oneof({ arbitrary: exact, weight: 9 }, exact.chain(bent));
}

/** The same with another method, or a path that is not quite the one. */
function bent(plan: Plan): fc.Arbitrary<Plan> {
  const target = fc.constantFrom<(target: string) => string>(
    (text) => text,
    (text) => `/${text}`,
    (text) => text.replace('?', '/?'),
    (text) => text.toUpperCase(),
    (text) => text.replace('/v1', '/v1/%2e%2e/v1'),
    (text) => text.replace('/v1/', '/v1/../v1/'),
    (text) => text.replace('v1', '%76%31'),
    (text) => `${text}%00`,
    (text) => `${text}%ff`,
    (text) => `${text}%`,
    (text) => `${text};x=1`,
    (text) => `${text}#x`,
    (text) => `${text}${'/x'.repeat(200)}`,
    (text) => `${text}?${'a=1&'.repeat(1_500)}`,
    (text) => `http://evil.example${text}`,
    () => '*',
    () => '/',
    () => '',
  );
  const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'X');
  return fc.tuple(target, method).map(([change, other]) => ({
    ...plan,
    isExact: false,
    method: other,
    target: change(plan.target),
  }));
}

function pathOf(template: string): fc.Arbitrary<string> {
  const parts = template.split('/').map((part, i, all) => {
    if (!part.includes('{')) return fc.constant(part);
    const kind = all[i - 1] ?? '';
    return fc.oneof(
      { arbitrary: fc.nat(1_000).map((pick) => known(kind, pick)), weight: 5 },
      // Trials for which there is a lease token, of the same pick; of anything else the newest.
      { arbitrary: fc.nat(LEASES).map((pick) => known(kind === 'trials' ? 'leased' : kind, pick)), weight: 3 },
      oddText.map(encode),
      fc.constantFrom('%00', '..%2f..', '%ff', '%zz', '.', '..', 'srch_x', "'", '%F0%9F%90%9F', 'a'.repeat(101)),
    );
  });
  return fc.tuple(...parts).map((all) => all.join('/'));
}

function encode(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '?'));
}

function queryOf({ parameters = [] }: Described): fc.Arbitrary<string> {
  const own = parameters
    .filter(({ in: place }) => place === 'query')
    .map(({ name, schema }) => {
      // What holds a request for long is tried elsewhere: here every answer is waited for.
      const good = name === 'waitMs' ? fc.constantFrom('0', '1', '30') : fromSchema(document, schema, name).map(String);
      return fc.tuple(fc.constant(name), good);
    });
  const odd = fc.tuple(
    fc.constantFrom('limit', 'cursor', 'x', '__proto__', 'limit[]', 'limit[a]', ...parameters.map(({ name }) => name)),
    oddText.map((text) => (/^\d+(e\d+)?$/i.test(text) ? '7' : text)),
  );
  const pair = own.length === 0 ? odd : fc.oneof({ arbitrary: fc.oneof(...own), weight: 4 }, odd);
  const one = fc.array(pair, { maxLength: 3 }).map((pairs) =>
    // Known things are filled in later, and need no encoding: ids, cursors.
    pairs.map(([name, value]) => `${encode(name)}=${value.includes('\ue000') ? value : encode(value)}`).join('&'),
  );
  const raw = fc.constantFrom('&&&', '=', '%', '%zz', 'limit=%ff', 'limit=1&limit=2', 'limit', '?', 'cursor=e30');
  return fc
    .oneof(
      { arbitrary: fc.constant(''), weight: own.length === 0 ? 9 : 4 },
      { arbitrary: one, weight: own.length === 0 ? 1 : 6 },
      raw,
    )
    .map((query) => (query === '' ? '' : `?${query}`));
}

/** A value that may stand in a header: Latin-1 without control characters. */
const headerText = oddText.map((text) => text.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '?').slice(0, 4_000));

function headersOf({ parameters = [] }: Described): fc.Arbitrary<readonly (readonly [string, string])[]> {
  const own = parameters.filter(({ in: place }) => place === 'header').map(({ name }) => name);
  const name = fc.constantFrom(
    ...own,
    'If-None-Match',
    'If-Match',
    'Last-Event-ID',
    'Idempotency-Key',
    'X-Request-Id',
    'X-HTTP-Method-Override',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'Content-Encoding',
    'Accept',
    'Accept-Encoding',
    'Range',
    'Cookie',
    'Origin',
    'Sec-Fetch-Site',
    '__proto__',
    'Upgrade',
  );
  const value = fc.oneof(
    headerText,
    fc.constantFrom('*', '"0-50"', 'W/"1-50"', '"', '0', '1', '9'.repeat(30), '1.1', '-1', 'gzip', 'bytes=0-1'),
    fc.nat(1_000).map((pick) => known('etag', pick)),
    fc.nat(3).map((pick) => `same-key-${pick}`),
  );
  const credentials = fc.oneof(
    { arbitrary: fc.constant(known('admin', 0)), weight: 12 },
    { arbitrary: fc.constant(known('submit', 0)), weight: 3 },
    fc.constant(known('read', 0)),
    fc.constant(known('elsewhere', 0)),
    headerText,
  );
  const authorization = credentials.map((key) => ['Authorization', `Bearer ${key}`] as const);
  const host = fc.oneof(
    { arbitrary: fc.constant('127.0.0.1'), weight: 20 },
    fc.constantFrom('', 'evil.example', 'a:b:c'),
  );
  return fc
    .tuple(
      fc.oneof({ arbitrary: authorization.map((header) => [header]), weight: 20 }, fc.constant([])),
      fc.array(fc.tuple(name, value), { maxLength: 3 }),
      host,
    )
    .map(([key, more, name]) => [['Host', name], ...key, ...more]);
}

function bodyOf({ requestBody }: Described): fc.Arbitrary<PlannedBody | null> {
  const [type = 'application/json', content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const schema = content?.schema ?? {};
  if (type.startsWith('multipart/')) return multipart(document, schema);
  const seeds = SEEDS[String(schema['$ref']).split('/').at(-1) ?? ''] ?? [];
  const valid = fc.oneof(
    fromSchema(document, schema),
    ...seeds.map((seed) => ({ arbitrary: fc.constant(seed as unknown as Json), weight: 2 })),
  );
  const json = fc.oneof(valid, valid.chain(mutated), valid.chain(mutated));
  const plain = (value: Json) => Buffer.from(JSON.stringify(value) ?? '');
  const toBytes = fc.oneof(
    { arbitrary: fc.constant(plain), weight: 9 },
    textMutation.map((change) => (value: Json) => change(JSON.stringify(value) ?? '')),
  );
  const types = fc.oneof(
    { arbitrary: fc.constant(type), weight: 25 },
    fc.constantFrom(
      'application/json; charset=utf-8',
      'application/json; charset=utf-16',
      'application/merge-patch+json',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      'application/json,application/json',
      '',
      ';',
    ),
  );
  const body = fc.record({ type: types, json, toBytes });
  return requestBody === undefined
    ? fc.oneof({ arbitrary: fc.constant(null), weight: 9 }, body)
    : fc.oneof({ arbitrary: body, weight: 12 }, fc.constant(null));
}
