import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { servePages } from './pages.js';

// With pages of the test's own, so that none need be built.

let app: FastifyInstance;
const folder = mkdtempSync(join(tmpdir(), 'caviar-pages-'));
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Caviar</title>');
  writeFileSync(join(folder, 'icon.svg'), '<svg/>');
  writeFileSync(join(folder, 'assets', 'main-abc.js'), 'let all = 1;');
  writeFileSync(join(folder, 'assets', 'main-abc.js.gz'), gzipSync('let all = 1;'));
  writeFileSync(join(folder, 'secret.txt'), 'not for everybody');
  app = Fastify();
  const pages = await servePages(app, folder);
  app.get('/', async (request, reply) => (pages.isWanted(request) ? pages.send(reply) : { name: 'caviar' }));
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

describe('the document', () => {
  test.each([
    '/searches',
    '/searches/srch_1/trials?sort=number',
    '/searches/new',
    '/trials/trl_1',
    '/workers',
    '/datasets',
  ])('is at %s, never kept, and may load its own files alone', async (url) => {
    const { statusCode, headers, body } = await app.inject({ url, headers: HTML });
    expect([statusCode, body]).toEqual([200, '<!doctype html><title>Caviar</title>']);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-cache');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toMatch(/unsafe|https?:/);
  });

  test('is at the root for browsers, and not for programs', async () => {
    expect((await app.inject({ url: '/', headers: HTML })).body).toContain('<title>Caviar');
    for (const accept of ['*/*', 'application/json', 'application/json, text/html', undefined]) {
      const headers = accept === undefined ? {} : { accept };
      expect((await app.inject({ url: '/', headers })).json(), accept).toEqual({ name: 'caviar' });
    }
  });

  test.each(['/v1/x', '/docs/x', '/openapi.json', '/metrics', '/problems/x', '/nothing', '/searchesx'])(
    'does not stand in for %s',
    async (url) => {
      expect((await app.inject({ url, headers: HTML })).statusCode).toBe(404);
    },
  );
});

describe('files', () => {
  test('are kept for good: their names change with what is in them', async () => {
    const { headers, body } = await app.inject('/assets/main-abc.js');
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['content-type']).toBe('application/javascript; charset=utf-8');
    expect(body).toBe('let all = 1;');
  });

  test('come compressed to those who can read it', async () => {
    const { headers, rawPayload } = await app.inject({
      url: '/assets/main-abc.js',
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(rawPayload).toString()).toBe('let all = 1;');
  });

  test.each([
    '/assets/../secret.txt',
    '/assets/%2e%2e/secret.txt',
    '/assets/..%2fsecret.txt',
    '/secret.txt',
    '/assets/gone.js',
  ])('%s is not among them', async (url) => {
    const { statusCode, body } = await app.inject(url);
    expect(statusCode).toBeGreaterThanOrEqual(400);
    expect(body).not.toContain('everybody');
  });
});
