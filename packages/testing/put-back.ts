// Files of tests follow one another in one process. What one changes of it and does not put back would be there for those after it,
// whichever they are: the file that left it fails, and no other.
import { afterAll, expect, vi } from 'vitest';
import { rememberProcess } from './remember-process.js';

const putBack = rememberProcess();
afterAll(() => {
  const changed = [...putBack(), ...(vi.isFakeTimers() ? ['timers'] : [])];
  vi.useRealTimers();
  expect(changed, 'what this file has changed and not put back').toEqual([]);
});
