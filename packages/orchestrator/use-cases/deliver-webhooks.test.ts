import { expect, test } from 'vitest';
import { retryAfterMs } from './deliver-webhooks.js';

test('pauses double from a second to an hour', () => {
  expect([1, 2, 3, 12, 13, 15].map(retryAfterMs)).toEqual([1_000, 2_000, 4_000, 2_048_000, 3_600_000, 3_600_000]);
});
