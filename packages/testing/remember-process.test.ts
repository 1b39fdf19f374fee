import { tmpdir } from 'node:os';
import { expect, test, vi } from 'vitest';
import { rememberProcess } from './remember-process.js';

test('puts back what was changed of a process, and names it', () => {
  process.env['CAVIAR_TEST_KEPT'] = 'a';
  const before = { ...process.env };
  const folder = process.cwd();
  const { fetch } = globalThis;
  const { warn } = globalThis.console;
  const putBack = rememberProcess();
  expect(putBack()).toEqual([]);

  process.env['CAVIAR_TEST_KEPT'] = 'b';
  process.env['CAVIAR_TEST_NEW'] = '';
  delete process.env['PATH'];
  process.chdir(tmpdir());
  globalThis.fetch = async () => new Response();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  const onSignal = () => {};
  process.on('SIGTERM', onSignal);
  expect(putBack().toSorted()).toEqual(
    [
      'CAVIAR_TEST_KEPT',
      'CAVIAR_TEST_NEW',
      'PATH',
      'console.warn',
      'globalThis.fetch',
      'listeners of SIGTERM',
      'the working directory',
    ].toSorted(),
  );
  expect(process.env).toEqual(before);
  expect(process.cwd()).toBe(folder);
  expect(globalThis).toMatchObject({ fetch, console: { warn } });
  expect(process.listeners('SIGTERM')).not.toContain(onSignal);
  expect(putBack()).toEqual([]);
  delete process.env['CAVIAR_TEST_KEPT'];
});
