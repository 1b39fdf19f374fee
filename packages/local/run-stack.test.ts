import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ConfigError } from './config.js';
import { explain } from './run-stack.js';
import { StepError } from './step-error.js';

test('what went wrong is a line for each thing; only a fault of ours comes with its stack', () => {
  expect(explain(new ConfigError(['PORT is odd', 'HOST too']))).toBe('caviar: PORT is odd\ncaviar: HOST too\n');
  expect(explain(new StepError('Redis', 'it is away', 'another'))).toBe(
    'caviar: Redis failed: it is away. Try: another\n',
  );
  expect(explain(new TypeError('x is undefined'))).toMatch(/^caviar: internal error: TypeError: x is undefined\n +at /);
});

test.skipIf(process.platform !== 'linux')('a disk that is full is no fault of ours', () => {
  let full: unknown;
  try {
    writeFileSync('/dev/full', 'x');
  } catch (error) {
    full = error;
  }
  expect(explain(full)).toMatch(/^caviar: the disk is full \(ENOSPC: [^\n]*\)\. Try: making room [^\n]*\n$/);
});
