import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { type ClientRequest, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { HttpProblem } from '../http/http-problem.js';
import { ownTemporaryFolder } from '../testing/own-temporary-folder.js';
import { receiveUpload, type Upload } from './receive-upload.js';

// Senders that are slow, stop, or go away, over a real connection.

const temporary = await ownTemporaryFolder();

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const HEAD = `--x0x\r\nContent-Disposition: form-data; name="meta"\r\n\r\n{"name":"slow","format":"csv"}\r\n--x0x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n`;
const END = '\r\n--x0x--\r\n';

/** A sender who has begun, and what becomes of its upload. */
async function begin(
  silenceMs: number,
  ready?: (request: IncomingMessage) => Promise<unknown>,
): Promise<{ sender: ClientRequest; received: Promise<Upload | unknown> }> {
  let settle: (outcome: unknown) => void;
  const received = new Promise<unknown>((resolve) => (settle = resolve));
  const server = createServer(async (request, response) => {
    await ready?.(request);
    receiveUpload(request, { uploadBytes: 1e6, silenceMs, allowance: { take: () => {} } })
      .then(settle, settle)
      .finally(() => response.end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const headers = { 'content-type': 'multipart/form-data; boundary=x0x' };
  const sender = httpRequest({ port, method: 'POST', headers, agent: false });
  sender.on('error', () => {});
  sender.write(HEAD);
  closing.push(() => {
    sender.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { sender, received };
}

const folders = () => readdir(temporary);

test('a sender who stops in the middle is given up, and nothing is left', async () => {
  const { sender, received } = await begin(100);
  sender.write('a,y\n1,x\n');
  const outcome = await received;
  expect(outcome).toBeInstanceOf(HttpProblem);
  expect(outcome).toMatchObject({ code: 'request-timeout', message: 'The upload stopped coming in.' });
  expect(await folders()).toEqual([]);
});

test('a sender who stops before the first file is given up too', async () => {
  const { received } = await begin(100);
  expect(await received).toMatchObject({ code: 'request-timeout' });
});

test('a sender who goes away is given up at once', async () => {
  const { sender, received } = await begin(600_000);
  sender.write('a,y\n1,x\n');
  await expect.poll(folders).toHaveLength(1);
  sender.destroy();
  expect(await received).toMatchObject({ code: 'bad-request' });
  expect(await folders()).toEqual([]);
});

test('a sender who went away before anything was read is given up at once', async () => {
  const { sender, received } = await begin(600_000, async (request) => {
    sender.destroy();
    await new Promise((resolve) => request.on('error', () => {}).on('close', resolve));
  });
  expect(await received).toMatchObject({ code: 'bad-request' });
  expect(await folders()).toEqual([]);
});

test('a sender who is slow, but never silent for long, is waited for', async () => {
  const silenceMs = 1_500;
  const { sender, received } = await begin(silenceMs);
  const begun = performance.now();
  while (performance.now() - begun < 1.2 * silenceMs) {
    sender.write('1,x\n');
    await sleep(20);
  }
  sender.end(END);
  const upload = (await received) as Upload;
  expect(upload).toMatchObject({ meta: { name: 'slow' }, files: [{ field: 'file' }] });
  await upload.remove();
});
