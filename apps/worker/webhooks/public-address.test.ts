import { describe, expect, test } from 'vitest';
import { isPublicAddress, PrivateAddressError, publicLookup } from './public-address.js';

describe('public addresses', () => {
  test.each(['1.1.1.1', '93.184.216.34', '172.15.0.1', '172.32.0.1', '100.63.0.1', '2606:4700:4700::1111', '2a00::1'])(
    '%s is one',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:1.1.1.1',
    '64:ff9b::7f00:1',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '2001:db8::1',
    '2001::1',
    '2002:7f00:1::',
    'localhost',
    '',
  ])('%s is none', (address) => expect(isPublicAddress(address)).toBe(false));
});

test.each([{ all: true }, { all: false }])('a name that leads to this machine is refused (%j)', async (options) => {
  const error = await new Promise((done) => publicLookup('localhost', options, done));
  expect(error).toBeInstanceOf(PrivateAddressError);
});

test('a name that is not there gives the error of the lookup', async () => {
  const error = await new Promise<NodeJS.ErrnoException | null>((done) => publicLookup('nowhere.invalid', {}, done));
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(PrivateAddressError);
});
