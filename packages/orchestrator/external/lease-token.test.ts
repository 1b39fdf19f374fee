import { expect, test } from 'vitest';
import { decodeLease, encodeLease, type Lease } from './lease-token.js';

const lease: Lease = {
  searchId: 'srch_1',
  trialId: 'trl_2',
  attempt: 3,
  leaseMs: 60_000,
  takenAt: 1_795_460_286_377,
  targetStep: null,
};
const encoded = (fields: unknown) => Buffer.from(JSON.stringify(fields)).toString('base64url');

test('a lease survives the way there and back, as text that goes into a URL', () => {
  expect(decodeLease(encodeLease(lease))).toEqual(lease);
  expect(decodeLease(encodeLease({ ...lease, targetStep: 9 }))).toEqual({ ...lease, targetStep: 9 });
  expect(encodeLease(lease)).toMatch(/^[\w-]+$/);
});

test.each([
  '',
  'x',
  'null',
  encoded(null),
  encoded({}),
  encoded([]),
  encoded([2, 'srch_1', 'trl_2', 3, 1, 1, null]),
  encoded([1, 'srch_1', 7, 3, 1, 1, null]),
  encoded([1, 'srch_\u0000', 'trl_2', 3, 1, 1, null]),
  encoded([1, 'srch_1', 'trl_2', 2 ** 31, 1, 1, null]),
  encoded([1, 'srch_1', 'trl_2', -1, 1, 1, null]),
  encoded([1, 'srch_1', 'trl_2', 3, 1, 1]),
])('%j is no lease', (token) => {
  expect(decodeLease(token)).toBeNull();
});
