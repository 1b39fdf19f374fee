import { expect, test } from 'vitest';
import { dataAllowance } from './data-allowance.js';

const quotas = { searches: 1, trialsInFlight: 1, dataBytes: 100 };

test('gives what is left, chunk by chunk, and refuses the first byte beyond', () => {
  const allowance = dataAllowance({ quotas }, 'vision', 40);
  allowance.take(50);
  allowance.take(10);
  expect(() => allowance.take(1)).toThrow(
    expect.objectContaining({
      code: 'quota-exceeded',
      message: 'The project vision may store 100 bytes of data sets, and has 40',
    }),
  );
});

test('a project over its quota, which was lowered, may add nothing; without quotas there is no bound', () => {
  expect(() => dataAllowance({ quotas }, 'vision', 500).take(1)).toThrow('may store 100 bytes');
  dataAllowance({}, 'vision', 500).take(Number.MAX_SAFE_INTEGER);
});
