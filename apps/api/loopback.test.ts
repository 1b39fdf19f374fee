import { lookup } from 'node:dns/promises';
import { expect, test } from 'vitest';
import { addressElsewhere } from './loopback.js';

test('a name that sounds local and leads elsewhere is found out, also when it leads to both', async () => {
  const resolve = async () => [{ address: '127.0.0.1' }, { address: '192.0.2.7' }];
  expect(await addressElsewhere('api.localhost', resolve)).toBe('192.0.2.7');
  expect(await addressElsewhere('localhost', async () => [{ address: '::1' }, { address: '127.0.0.1' }])).toBeNull();
});

test.each(['localhost', '127.0.0.1', '[::1]'])('%s leads nowhere else on this machine', async (host) => {
  expect(await addressElsewhere(host, (name) => lookup(name, { all: true }))).toBeNull();
});
