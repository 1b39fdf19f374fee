import { readFileSync } from 'node:fs';
import { OPERATIONS, type Operation, PROBLEM_CODES } from '@caviar/contracts';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { routeUrl } from '../http/route.js';
import { createTestApp } from '../testing/test-app.js';
import { body, problem, quadraticSpec } from '../testing/wire.js';
import { VERSION } from '../version.js';

const { app, worker, close } = await createTestApp({ database: await createTestDatabase(), redis: testRedis() });
afterAll(close);

test('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(VERSION).toBe(version);
});

test('every operation of the contract has a route', async () => {
  for (const op of Object.values<Operation>(OPERATIONS)) {
    const url = op.path === '/docs' ? '/docs/' : routeUrl(op);
    expect(app.hasRoute({ method: op.method, url }), `${op.method} ${op.path}`).toBe(true);
  }
});

test('the root says what this is, healthz that it lives, readyz that it can serve', async () => {
  expect(body(await app.inject('/'), 'getService')).toEqual({
    name: 'caviar',
    version: VERSION,
    docs: '/docs',
    openapi: '/openapi.json',
  });
  expect(body(await app.inject('/healthz'), 'getHealth')).toEqual({ status: 'ok' });
  const ready = await app.inject('/readyz');
  expect(ready.statusCode).toBe(200);
  expect(body(ready, 'getReadiness')).toEqual({ status: 'ok', checks: { postgres: 'ok', redis: 'ok' } });
});

test('metrics show requests by route, and searches, trials, workers and the queue', async () => {
  const payload = { ...quadraticSpec, parallelism: 5 };
  const { id } = body(await app.inject({ method: 'POST', url: '/v1/searches', payload }), 'createSearch');
  await worker.heartbeat();
  await worker.finish(id, () => [{ cost: 1 }], 2);
  await app.inject(`/v1/searches/${id}`);
  await app.inject(`/v1/searches/${id}x`);
  await app.inject('/nowhere/at/all');
  const { headers, body: text } = await app.inject('/metrics');
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  const sample = (line: string) =>
    text
      .split('\n')
      .find((candidate) => candidate.startsWith(`${line} `))
      ?.split(' ')[1];
  expect(sample('caviar_searches{status="running"}')).toBe('1');
  expect(sample('caviar_trials{status="completed"}')).toBe('2');
  expect(sample('caviar_workers_active')).toBe('1');
  expect(Number(sample('caviar_queue_jobs{state="waiting"}'))).toBeGreaterThan(0);
  expect(sample('caviar_up{part="postgres"}')).toBe('1');
  expect(sample('caviar_up{part="redis"}')).toBe('1');
  const requests = (route: string, status: number) =>
    sample(`caviar_http_request_duration_seconds_count{method="GET",route="${route}",status="${status}"}`);
  expect(requests('/v1/searches/:id', 200)).toBe('1');
  expect(requests('/v1/searches/:id', 404)).toBe('1');
  expect(requests('none', 404)).toBe('1');
  expect(text).toContain('process_resident_memory_bytes');
});

describe('documentation', () => {
  test('openapi.json is the document of the contract', async () => {
    const document = (await app.inject('/openapi.json')).json();
    expect(document.openapi).toBe('3.1.0');
    expect(document.info.version).toBe(VERSION);
    for (const [id, op] of Object.entries<Operation>(OPERATIONS)) {
      expect(document.paths[op.path][op.method.toLowerCase()].operationId).toBe(id);
    }
  });

  test('the page loads its own files and nothing else', async () => {
    const page = await app.inject('/docs/');
    expect(page.statusCode).toBe(200);
    const csp = String(page.headers['content-security-policy']);
    expect(csp).toContain("script-src 'self';");
    expect(csp).not.toContain('upgrade-insecure-requests');
    // Inline scripts would be blocked by that policy; files must be there.
    expect(page.body).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>\s*\S/);
    const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => String(file));
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      expect(file).not.toMatch(/^(https?:)?\/\//);
      expect((await app.inject(new URL(file, 'http://localhost/docs/').pathname)).statusCode, file).toBe(200);
    }
    expect((await app.inject('/docs')).statusCode).toBe(200);
  });

  test('every problem has its page, at its type', async () => {
    const list = await app.inject('/problems');
    for (const code of PROBLEM_CODES) {
      expect(list.body).toContain(`href="/problems/${code}"`);
      const page = await app.inject(`/problems/${code}`);
      expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.body).toContain(`<h1>${code}</h1>`);
    }
    problem(await app.inject('/problems/nothing'), 'not-found');
    problem(await app.inject('/problems/toString'), 'not-found');
  });
});
