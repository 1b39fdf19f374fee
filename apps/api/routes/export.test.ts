import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { readCsv } from '../testing/read-csv.js';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';

const { app, worker, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
afterAll(close);

async function createSearch(change: object = {}): Promise<string> {
  const payload = { ...quadraticSpec, parallelism: 20, ...change };
  return body(await app.inject({ method: 'POST', url: '/v1/searches', payload }), 'createSearch').id;
}

describe('jsonl', () => {
  test('has every trial as the API shows it', async () => {
    const id = await createSearch();
    await worker.finish(id, ({ number }) => [{ cost: number === 2 ? null : number }], 5);
    const response = await app.inject(`/v1/searches/${id}/export?format=jsonl`);
    expect(response.headers['content-type']).toBe('application/jsonl; charset=utf-8');
    expect(response.headers['content-disposition']).toBe(`attachment; filename="a-parabola_${id}.jsonl"`);
    const lines = response.body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const { items } = body(await app.inject(`/v1/searches/${id}/trials?limit=200`), 'listTrials');
    expect(lines).toEqual(items);
    expect(lines).toHaveLength(20);
  });
});

describe('csv', () => {
  test('has a line per trial, and a column for every parameter and metric of any version of the space', async () => {
    const id = await createSearch({ parallelism: 3, trainer: { kind: 'quadratic', params: { start: 2 } } });
    const space = {
      steps: { kind: 'categorical', choices: [10, 100, 500] },
      coefficients: { kind: 'categorical', choices: [[1, -10, 25]] },
    };
    await app.inject({ method: 'PATCH', url: `/v1/searches/${id}`, payload: { space } });
    await worker.finish(id, ({ number }) => [{ cost: number === 1 ? null : number / 3, w: 5 }], 3);

    const response = await app.inject(`/v1/searches/${id}/export?format=csv`);
    expect(response.headers['content-type']).toBe('text/csv; charset=utf-8');
    const [header, ...rows] = readCsv(response.body);
    expect(header).toEqual([
      ...['number', 'id', 'status', 'value', 'step', 'durationMs', 'round', 'attempts', 'workerId', 'createdAt'],
      ...['startedAt', 'endedAt', 'reason', 'params.coefficients', 'params.learningRate', 'params.steps'],
      ...['metrics.cost', 'metrics.w'],
    ]);
    expect(rows).toHaveLength(6);
    const { items } = body(await app.inject(`/v1/searches/${id}/trials?limit=200`), 'listTrials');
    for (const [i, row] of rows.entries()) {
      const cells = Object.fromEntries(row.map((cell, column) => [header?.[column], cell]));
      const trial = items[i];
      expect(Number(cells['number'])).toBe(i);
      expect(cells['id']).toBe(trial?.id);
      expect(cells['params.learningRate']).toBe(i < 3 ? String(trial?.params['learningRate']) : '');
      expect(cells['params.coefficients']).toBe(i < 3 ? '' : '[1,-10,25]');
      expect(cells['value']).toBe(i < 3 && i !== 1 ? String(i / 3) : '');
      expect(cells['metrics.w']).toBe(i < 3 ? '5' : '');
    }
  });

  test('is the default, and has a header without any trial', async () => {
    const id = await createSearch();
    await app.inject({ method: 'POST', url: `/v1/searches/${id}/cancel` });
    const response = await app.inject(`/v1/searches/${id}/export`);
    expect(response.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(response.body.split('\r\n')[0]).toMatch(/^number,id,status,.*params.learningRate$/);
  });
});

test('HEAD says what there would be', async () => {
  const id = await createSearch();
  const head = await app.inject({ method: 'HEAD', url: `/v1/searches/${id}/export?format=jsonl` });
  expect([head.statusCode, head.body]).toEqual([200, '']);
  expect(head.headers['content-type']).toBe('application/jsonl; charset=utf-8');
});

test('of another format is refused', async () => {
  const { errors } = problem(await app.inject('/v1/searches/srch_x/export?format=xml'), 'invalid-request');
  expect(errors).toMatchObject([{ parameter: 'format' }]);
});

test('a client that goes away ends the reading', async () => {
  const id = await createSearch({ stop: { maxTrials: 3000 }, parallelism: 3000 });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const aborting = new AbortController();
  const response = await fetch(`${address}/v1/searches/${id}/export?format=jsonl`, { signal: aborting.signal });
  const reader = response.body?.getReader();
  expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
  aborting.abort();
  await expect(reader?.read()).rejects.toThrow();
  // Nothing is left behind that would keep the service from ending, or break it for the next.
  expect((await app.inject(`/v1/searches/${id}`)).statusCode).toBe(200);
});
