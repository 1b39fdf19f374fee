import { expect, test } from 'vitest';
import { createLog } from './log.js';

test('writes JSON lines like pino, from its level up', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', isTerminal: false, write: (line) => lines.push(line) });
  log.debug('hidden');
  log.warn('worker 1 ended', { pid: 7 });
  expect(lines).toHaveLength(1);
  const entry = JSON.parse(lines[0] ?? '');
  expect(entry).toMatchObject({ level: 40, name: 'local', pid: 7, msg: 'worker 1 ended' });
  expect(Math.abs(Date.now() - entry.time)).toBeLessThan(10_000);
});

test('writes short lines on a terminal', () => {
  const lines: string[] = [];
  createLog({ level: 'info', isTerminal: true, write: (line) => lines.push(line) }).info('up', { pid: 7 });
  expect(lines.join('')).toMatch(/^\d\d:\d\d:\d\d info {2}up\n$/);
});

test('silent says nothing', () => {
  const lines: string[] = [];
  createLog({ level: 'silent', isTerminal: false, write: (line) => lines.push(line) }).error('no');
  expect(lines).toEqual([]);
});
