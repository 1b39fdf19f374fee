import { exampleSpec } from '@caviar/contracts';
import { createTestDatabase, testRedis } from '@caviar/testing';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { mutated } from './testing/fuzz/mutate.js';
import { type Json, oddValue } from './testing/fuzz/oddities.js';
import { createTestApp } from './testing/test-app.js';
import { body, problem, quadraticSpec } from './testing/wire.js';

const { app, worker, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
afterAll(close);

const RUNS = 300;

test('POST /v1/searches: whatever is sent, it is made, or refused with a problem that points at a place', async () => {
  const specs = fc.oneof(
    mutated(exampleSpec as unknown as Json),
    mutated({ ...quadraticSpec } as unknown as Json),
    oddValue,
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
