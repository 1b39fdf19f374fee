import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { accepts, freePort, portProblem } from './ports.js';

const server = createServer();
afterEach(() => server.close());

test('tells a port that is taken from one that is free', async () => {
  const port = await freePort();
  expect(await portProblem('127.0.0.1', port)).toBeUndefined();
  expect(await accepts({ host: '127.0.0.1', port })).toBe(false);

  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  expect((server.address() as AddressInfo).port).toBe(port);
  expect(await portProblem('127.0.0.1', port)).toBe('EADDRINUSE');
  expect(await accepts({ host: '127.0.0.1', port })).toBe(true);
});
