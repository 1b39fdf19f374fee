import { exampleSpec, OPERATIONS, type Operation } from '@caviar/contracts';
import { createTestDatabase, testRedis } from '@caviar/testing';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createTestApp } from './testing/test-app.js';
import { body, problem, quadraticSpec } from './testing/wire.js';

const { app, worker, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
afterAll(close);

/** Requests per property; the nightly run takes more. */
const RUNS = 500;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Values that are wrong in ways that are easily forgotten. */
const oddity = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    '',
    0,
    -1,
    -0,
    1.5,
    1e300,
    5e-324,
    2 ** 53,
    [],
    {},
    [[]],
    '\u0000',
    '\ud800',
    'kind',
  ),
  fc.jsonValue({ maxDepth: 3, noUnicodeString: false }) as fc.Arbitrary<Json>,
  fc.double(),
  fc.constantFrom<Json>('__proto__', 'constructor', 'toString', 'float', 'grid', 'x'.repeat(300)),
);

/** The spec with some of its values replaced, removed, or with keys added, at any depth. */
function mutated(spec: Json): fc.Arbitrary<Json> {
  const mutation = fc.record({
    path: fc.array(fc.nat(9), { maxLength: 5 }),
    kind: fc.nat(3),
    key: fc.string(),
    value: oddity,
  });
  return fc
    .array(mutation, { minLength: 0, maxLength: 3 })
    .map((mutations) => mutations.reduce(mutate, structuredClone(spec)));
}

function mutate(
  document: Json,
  {
    path,
    kind,
    key,
    value,
  }: { readonly path: readonly number[]; readonly kind: number; readonly key: string; readonly value: Json },
): Json {
  if (typeof document !== 'object' || document === null) return value;
  const keys = Object.keys(document);
  const [step, ...rest] = path;
  if (step === undefined || keys.length === 0) {
    if (kind === 0 || Array.isArray(document)) return value;
    return Object.fromEntries([...Object.entries(document).slice(kind === 1 ? 1 : 0), [key, value]]);
  }
  const chosen = keys[step % keys.length] as string;
  const inner = mutate((document as Record<string, Json>)[chosen] as Json, { path: rest, kind, key, value });
  return Array.isArray(document)
    ? document.map((item, i) => (String(i) === chosen ? inner : item))
    : { ...document, [chosen]: inner };
}

test('POST /v1/searches: whatever is sent, it is made, or refused with a problem that points at a place', async () => {
  const specs = fc.oneof(
    mutated(exampleSpec as unknown as Json),
    mutated({ ...quadraticSpec } as unknown as Json),
    oddity,
  );
  await fc.assert(
    fc.asyncProperty(specs, fc.boolean(), async (spec, preview) => {
      const url = preview ? '/v1/searches/preview' : '/v1/searches';
      const response = await app.inject({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify(spec) ?? '',
      });
      if (response.statusCode < 300) {
        const made = body(response, preview ? 'previewSearch' : 'createSearch');
        // What was made must be made again of its own spec.
        const again = await app.inject({ method: 'POST', url: '/v1/searches/preview', payload: made.spec });
        expect(body(again, 'previewSearch').spec).toEqual(made.spec);
        if ('id' in made) await app.inject({ method: 'POST', url: `/v1/searches/${made.id}/cancel` });
        return;
      }
      const { status, errors, code } = problem(response);
      expect(status).toBeLessThan(500);
      if (code === 'invalid-spec') {
        expect(errors?.length).toBeGreaterThan(0);
        for (const { pointer } of errors ?? []) expect(pointer).toMatch(/^(\/|$)/);
      }
    }),
    { numRuns: RUNS },
  );
});

const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(2 ** 31, -(2 ** 31) - 1, 2 ** 63),
);
const time = fc.constantFrom(
  '2026-01-01T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '-000001-01-01T00:00:00Z',
  'now',
);
const text = fc.oneof(fc.string(), fc.constantFrom('\u0000', '\ud800', 'srch_x'));
/** Cursors that could be ours by their look: base64url of JSON with the keys that ours have. */
const forgedCursor = fc
  .oneof(
    fc.record({ number }),
    fc.record({ createdAt: time, id: text }),
    fc.record({ key: fc.oneof(number, fc.constant(null)), number, rank: number }),
    fc.record({ active: fc.boolean(), startedAt: time, lastSeenAt: time, id: text }),
    fc.record({ startedAt: time, id: text }),
    text,
  )
  .map((content) => Buffer.from(JSON.stringify(content)).toString('base64url'));

test('forged cursors are used or refused', async () => {
  const { id } = body(
    await app.inject({ method: 'POST', url: '/v1/searches', payload: quadraticSpec }),
    'createSearch',
  );
  await worker.finish(id, ({ number }) => [{ cost: number }], 3);
  const lists = [
    '/v1/searches',
    `/v1/searches/${id}/trials`,
    `/v1/searches/${id}/leaderboard`,
    '/v1/workers',
    '/v1/datasets',
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...lists), forgedCursor, async (url, cursor) => {
      const response = await app.inject(`${url}?cursor=${cursor}`);
      if (response.statusCode !== 200) problem(response, 'invalid-cursor');
    }),
    { numRuns: RUNS },
  );
});

test('any call with any query, headers and body is answered, and never with a 5xx', async () => {
  const spec = { ...quadraticSpec, stop: { maxTrials: 5 } };
  const { id } = body(await app.inject({ method: 'POST', url: '/v1/searches', payload: spec }), 'createSearch');
  await worker.finish(id, ({ number }) => [{ cost: number }], 3);
  const [trial] = body(await app.inject(`/v1/searches/${id}/trials`), 'listTrials').items;

  const query = fc.dictionary(
    fc.constantFrom('limit', 'cursor', 'status', 'format', 'maxPoints', 'beta', 'x', '__proto__'),
    fc.oneof(
      fc.constantFrom('1', '50', '0', '-1', '201', '1e3', 'completed', 'running', 'csv', 'jsonl', '0.9', '\u0000'),
      forgedCursor,
      fc.string(),
    ),
    { maxKeys: 3 },
  );
  const calls = Object.entries<Operation>(OPERATIONS).filter(
    ([name]) => name !== 'deleteSearch' && name !== 'cancelSearch',
  );
  const ids = fc.oneof(
    fc.constantFrom(id, trial?.id ?? '', 'digits', 'srch_x', '%00', '..%2f', '%ff'),
    fc.string().map(encodeURIComponent),
  );

  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...calls),
      ids,
      query,
      oddity,
      fc.string(),
      async ([, op], given, parameters, payload, tag) => {
        const search = new URLSearchParams(parameters).toString();
        const response = await app.inject({
          method: op.method,
          url: `${op.path.replace('{id}', given).replace('{code}', 'x')}${search === '' ? '' : `?${search}`}`,
          headers: {
            'content-type': 'application/json',
            // Header values are Latin-1, without control characters.
            'if-none-match': tag.replace(/[^\x20-\x7e]/g, ''),
          },
          ...(op.method !== 'GET' && { payload: JSON.stringify(payload) ?? '' }),
        });
        expect(
          response.statusCode,
          `${op.method} ${op.path} ${JSON.stringify(parameters)}: ${response.body}`,
        ).toBeLessThan(500);
        if (response.statusCode >= 400) problem(response);
      },
    ),
    { numRuns: RUNS },
  );
});
