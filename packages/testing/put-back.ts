// Files of tests follow one another in one process. What one changes of it and does not put back would be there for those after it,
// whichever they are: the file that left it fails.
import { afterAll, expect, vi } from 'vitest';

/** What all code of a process shares, by name. Of the environment only the names are ever shown: its values may be secrets. */
const shared = (): Readonly<Record<string, unknown>> => ({
  ...process.env,
  'the working directory': process.cwd(),
  'globalThis.fetch': globalThis.fetch,
  'globalThis.Date': globalThis.Date, // another while timers are faked, as is the next
  'globalThis.setTimeout': globalThis.setTimeout,
});

const before = shared();
afterAll(() => {
  const after = shared();
  const names = Object.keys({ ...before, ...after });
  const changed = names.filter((name) => before[name] !== after[name]);
  vi.useRealTimers(); // the files after it would wait for ever
  expect(changed, 'what this file has changed and not put back').toEqual([]);
});
