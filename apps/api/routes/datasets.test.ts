import { readdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createTestDatabase, testRedis } from '@caviar/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownTemporaryFolder } from '../testing/own-temporary-folder.js';
import { createTestApp, type TestApp } from '../testing/test-app.js';
import { body } from '../testing/wire.js';

const ADMIN = 'admin-key';
const SPACE = { learningRate: { kind: 'float', min: 0.001, max: 0.1, scale: 'log' } };
const temporary = await ownTemporaryFolder();
let test: TestApp;
let keys: { readonly vision: string; readonly speech: string };

beforeAll(async () => {
  const options = {
    apiKeys: [ADMIN],
    uploadBytes: 200_000,
    quotas: { searches: 100, trialsInFlight: 10_000, dataBytes: 60_000 },
  };
  test = await createTestApp({ database: await createTestDatabase(), redis: testRedis() }, options);
  const make = async (project: string) => {
    const payload = { name: project, role: 'submit', project };
    const headers = { authorization: `Bearer ${ADMIN}` };
    const response = await test.app.inject({ method: 'POST', url: '/v1/keys', headers, payload });
    return body(response, 'createKey').key;
  };
  keys = { vision: await make('vision'), speech: await make('speech') };
});
afterAll(() => test.close());

const FLOWERS =
  'length,colour,kind\n1.5,red,rose\n2.5,?,tulip\n3.5,blue,rose\n4.5,red,tulip\n1,red,rose\n2,red,tulip\n';

type Part = readonly [name: string, value: string | Uint8Array];

/** The parts as a multipart body, in order; those after `meta` are files. */
function form(parts: readonly Part[], boundary = 'x0x'): Buffer {
  const pieces = parts.flatMap(([name, value]) => {
    const file =
      name === 'meta' || name === 'note' ? '' : `; filename="${name}.bin"\r\nContent-Type: application/octet-stream`;
    return [`--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n`, value, '\r\n'];
  });
  return Buffer.concat([...pieces, `--${boundary}--\r\n`].map((piece) => Buffer.from(piece as Uint8Array)));
}

function post(
  parts: readonly Part[],
  { key = keys.vision, payload = form(parts) }: { key?: string; payload?: Buffer } = {},
) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'multipart/form-data; boundary=x0x' };
  return test.app.inject({ method: 'POST', url: '/v1/datasets', headers, payload });
}

const meta = (name: string, more: object = {}): Part => ['meta', JSON.stringify({ name, format: 'csv', ...more })];
const get = (url: string, key = keys.vision) => test.app.inject({ url, headers: { authorization: `Bearer ${key}` } });
const remove = (id: string, key = keys.vision) =>
  test.app.inject({ method: 'DELETE', url: `/v1/datasets/${id}`, headers: { authorization: `Bearer ${key}` } });
const search = (dataset: string, key = keys.vision) =>
  test.app.inject({
    method: 'POST',
    url: '/v1/searches',
    headers: { authorization: `Bearer ${key}` },
    payload: { trainer: { kind: 'mlp', dataset }, space: SPACE, stop: { maxTrials: 1 } },
  });

describe('POST /v1/datasets', () => {
  it('stores an upload, and gives it with its summary', async () => {
    const response = await post([meta('flowers', { licence: 'CC0' }), ['file', gzipSync(FLOWERS)]]);
    expect(response.statusCode).toBe(201);
    const dataset = body(response, 'createDataset');
    expect(dataset).toMatchObject({
      name: 'flowers',
      licence: 'CC0',
      rows: 6,
      features: 2,
      inputs: 4,
      classNames: ['rose', 'tulip'],
      classRows: [3, 3],
      builtIn: false,
    });
    expect(dataset.summary?.columns[1]).toMatchObject({ name: 'colour', missing: 1, distinct: 2 });
    expect(response.headers['location']).toBe(`/v1/datasets/${dataset.id}`);
    expect(body(await get(`/v1/datasets/${dataset.id}`), 'getDataset')).toEqual(dataset);
    expect(body(await get('/v1/datasets/flowers'), 'getDataset')).toEqual(dataset);
    expect((await get('/v1/datasets/flowers', keys.speech)).statusCode).toBe(404);
    const { summary: _, ...listed } = dataset;
    expect(body(await get('/v1/datasets'), 'listDatasets').items).toContainEqual(listed);
  });

  it('gives what there is for the same content, and refuses another of the same name', async () => {
    const first = body(await post([meta('twice'), ['file', 'a,y\n1,x\n2,z\n']]), 'createDataset');
    const again = await post([meta('another name'), ['file', 'a,y\r\n1,x\r\n2,z\r\n']]);
    expect(again.statusCode).toBe(200);
    expect(body(again, 'createDataset')).toEqual(first);
    const other = await post([meta('twice'), ['file', 'a,y\n1,x\n3,z\n']]);
    expect(other.json()).toMatchObject({ status: 409, code: 'dataset-exists' });
    const builtIn = await post([meta('digits'), ['file', 'a,y\n1,x\n4,z\n']]);
    expect(builtIn.json()).toMatchObject({ status: 409, code: 'dataset-exists' });
    // At the same moment: one is stored, the other is given it.
    const both = await Promise.all([1, 2].map(() => post([meta('race'), ['file', 'a,y\n1,x\n5,z\n']])));
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 201]);
    // Of other content under one name at the same moment: one is stored, the others are refused, and nothing is half there.
    const rivals = await Promise.all([6, 7, 8].map((x) => post([meta('rivals'), ['file', `a,y\n1,x\n${x}0,z\n`]])));
    expect(rivals.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409, 409]);
    const named = body(await get('/v1/datasets?limit=200'), 'listDatasets').items.filter(
      ({ name }) => name === 'rivals',
    );
    expect(named).toHaveLength(1);
  });

  it.each<[string, Part[], string]>([
    [
      'a file with a mistake',
      [
        ['meta', '{"name":"m","format":"csv"}'],
        ['file', 'a,y\n1,x\n2\n'],
      ],
      '/file',
    ],
    [
      'a field of meta that is wrong',
      [
        ['meta', '{"name":"m","format":"xls"}'],
        ['file', 'a'],
      ],
      '/meta/format',
    ],
    [
      'a field of meta that there is not',
      [
        ['meta', '{"name":"m","format":"csv","x":1}'],
        ['file', 'a'],
      ],
      '/meta/x',
    ],
    [
      'a target that there is not',
      [
        ['meta', '{"name":"m","format":"csv","target":"t"}'],
        ['file', 'a,y\n1,x\n'],
      ],
      '/meta/target',
    ],
    [
      'a file before meta',
      [
        ['file', 'a'],
        ['meta', '{"name":"m","format":"csv"}'],
      ],
      '/meta',
    ],
    ['no meta', [], '/meta'],
    [
      'meta twice',
      [
        ['meta', '{"name":"m","format":"csv"}'],
        ['meta', '{"name":"m","format":"csv"}'],
      ],
      '/meta',
    ],
    ['no file', [['meta', '{"name":"m","format":"csv"}']], '/file'],
    [
      'a part that there is not',
      [
        ['meta', '{"name":"m","format":"csv"}'],
        ['picture', 'a'],
      ],
      '/picture',
    ],
    ['a field that there is not', [['note', 'hello']], '/note'],
  ])('refuses %s, naming it, and keeps nothing', async (_, parts, pointer) => {
    const before = body(await get('/v1/datasets'), 'listDatasets').items.length;
    const response = await post(parts);
    expect(response.json()).toMatchObject({ status: 422, code: 'invalid-dataset', errors: [{ pointer }] });
    expect(body(await get('/v1/datasets'), 'listDatasets').items).toHaveLength(before);
    expect((await readdir(temporary)).filter((name) => name.startsWith('caviar-upload-'))).toEqual([]);
  });

  it('refuses what is no form, no JSON, or ends too early', async () => {
    const headers = { authorization: `Bearer ${keys.vision}` };
    const json = await test.app.inject({ method: 'POST', url: '/v1/datasets', headers, payload: { name: 'm' } });
    expect(json.json()).toMatchObject({ status: 415, code: 'unsupported-media-type' });
    const bare = { ...headers, 'content-type': 'multipart/form-data' };
    const unbound = await test.app.inject({ method: 'POST', url: '/v1/datasets', headers: bare, payload: 'x' });
    expect(unbound.json()).toMatchObject({ status: 400, code: 'bad-request' });
    expect((await post([['meta', '{name']])).json()).toMatchObject({ status: 400, code: 'malformed-json' });
    const latin: Part = ['meta', Buffer.from('{ "name": "caf\xe9", "format": "csv" }', 'latin1')];
    expect((await post([latin, ['file', FLOWERS]])).json()).toMatchObject({
      code: 'malformed-json',
      detail: 'The part meta is not in UTF-8, as JSON is.',
    });
    const [, marked] = meta('');
    expect(
      (
        await post([
          ['meta', `\uFEFF${marked}`],
          ['file', FLOWERS],
        ])
      ).json(),
    ).toMatchObject({ code: 'invalid-dataset' });
    const payload = form([meta('cut'), ['file', FLOWERS]]).subarray(0, -30);
    expect((await post([], { payload })).json()).toMatchObject({ status: 400, code: 'bad-request' });
  });

  it('takes a form nowhere else', async () => {
    const headers = { authorization: `Bearer ${keys.vision}`, 'content-type': 'multipart/form-data; boundary=x0x' };
    const response = await test.app.inject({ method: 'POST', url: '/v1/searches', headers, payload: form([]) });
    expect(response.json()).toMatchObject({ status: 415, code: 'unsupported-media-type' });
  });

  it('refuses uploads that are too large, as they are sent or unpacked', async () => {
    // Of 200,000 bytes an upload may be; of 800,000 what it unpacks to.
    const noise = Buffer.from(Array.from({ length: 250_000 }, (_, i) => (i * i * 31) % 251));
    for (const file of [noise, gzipSync(Buffer.alloc(900_000, 'a,b\n'))]) {
      const response = await post([meta('large'), ['file', file]], { key: keys.speech });
      // The first one is beyond the project's quota too, which is smaller here.
      expect([413, 429]).toContain(response.statusCode);
    }
    const bomb = await post([meta('large'), ['file', gzipSync(Buffer.alloc(900_000, 'a,b\n'))]]);
    expect(bomb.json()).toMatchObject({ status: 413, code: 'payload-too-large' });
  });

  it("keeps to the project's quota", async () => {
    const lines = Array.from({ length: 9_000 }, (_, i) => `${(i * 7919) % 10_007},${i % 2}`);
    const response = await post([meta('much'), ['file', `a,y\n${lines.join('\n')}`]], { key: keys.speech });
    expect(response.json()).toMatchObject({ status: 429, code: 'quota-exceeded' });
  });

  it('cleans up after a caller who goes away', async () => {
    await test.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = test.app.server.address() as AddressInfo;
    const headers = { authorization: `Bearer ${keys.vision}`, 'content-type': 'multipart/form-data; boundary=x0x' };
    const request = httpRequest({ port, method: 'POST', path: '/v1/datasets', headers });
    request.on('error', () => {});
    request.write(form([meta('gone'), ['file', FLOWERS]]).subarray(0, 200));
    const folders = async () => (await readdir(temporary)).filter((name) => name.startsWith('caviar-upload-'));
    await expect.poll(folders).toHaveLength(1);
    request.destroy();
    await expect.poll(folders).toHaveLength(0);
  });
});

describe('a data set', () => {
  it('is not there for other projects, but for an admin', async () => {
    const { id } = body(await post([meta('secret'), ['file', 'a,y\n6,x\n7,z\n']]), 'createDataset');
    expect((await get(`/v1/datasets/${id}`, keys.speech)).json()).toMatchObject({
      status: 404,
      code: 'dataset-not-found',
    });
    expect((await remove(id, keys.speech)).statusCode).toBe(404);
    expect(JSON.stringify((await get('/v1/datasets?limit=200', keys.speech)).json())).not.toContain(id);
    expect((await get(`/v1/datasets/${id}`, ADMIN)).statusCode).toBe(200);
    for (const dataset of [id, 'secret']) {
      expect((await search(dataset, keys.speech)).json()).toMatchObject({
        code: 'invalid-spec',
        errors: [{ pointer: '/trainer/dataset', message: `there is no data set "${dataset}"` }],
      });
    }
  });

  it('goes by its id in a search that names it, and cannot be deleted while the search can go on', async () => {
    const rows = Array.from({ length: 20 }, (_, i) => `${i},${i % 2 === 0 ? 'x' : 'z'}`).join('\n');
    const { id } = body(await post([meta('used'), ['file', `a,y\n${rows}`]]), 'createDataset');
    const made = body(await search('used'), 'createSearch');
    expect(made.spec.trainer).toMatchObject({ dataset: id, split: { train: 0.6, dev: 0.2, test: 0.2 } });
    expect(made.name).toBe('mlp on used');
    const inUse = await remove(id);
    expect(inUse.json()).toMatchObject({ status: 409, code: 'dataset-in-use' });
    expect(inUse.json().detail).toContain(made.id);
    const headers = { authorization: `Bearer ${keys.vision}` };
    await test.app.inject({ method: 'POST', url: `/v1/searches/${made.id}/cancel`, headers });
    expect((await remove(id)).statusCode).toBe(204);
    expect((await get(`/v1/datasets/${id}`)).statusCode).toBe(404);
  });

  it('that is built in cannot be deleted, and one that there is not neither', async () => {
    expect((await remove('digits')).json()).toMatchObject({ status: 409, code: 'dataset-built-in' });
    expect((await remove('ds_x')).json()).toMatchObject({ status: 404, code: 'dataset-not-found' });
  });

  it('with a class too small to be split, or a test part, says so before anything is trained', async () => {
    const small = `a,y\n${'1,x\n'.repeat(20)}2,z\n`;
    await post([meta('small'), ['file', small]]);
    expect((await search('small')).json()).toMatchObject({
      errors: [{ pointer: '/trainer/dataset', message: expect.stringContaining('the class "z" has 1 row, too few') }],
    });
    await post([meta('tested'), ['file', 'a,y\n1,x\n2,z\n3,x\n4,z\n5,x\n6,z\n'], ['file', 'a,y\n9,x\n']]);
    expect(body(await search('tested'), 'createSearch').spec.trainer).toMatchObject({
      split: { train: 0.8, dev: 0.2, test: 0 },
    });
    const headers = { authorization: `Bearer ${keys.vision}` };
    const split = { train: 0.6, dev: 0.2, test: 0.2 };
    const payload = { trainer: { kind: 'mlp', dataset: 'tested', split }, space: SPACE, stop: { maxTrials: 1 } };
    const refused = await test.app.inject({ method: 'POST', url: '/v1/searches', headers, payload });
    expect(refused.json()).toMatchObject({
      errors: [
        { pointer: '/trainer/split/test', message: 'must be 0: "tested" has a test part of its own, of 1 rows' },
      ],
    });
  });
});
