import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readPrograms } from './programs-file.js';

const folder = mkdtempSync(join(tmpdir(), 'caviar-programs-file-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(content: unknown): string {
  const path = join(folder, 'programs.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

test('programs get their defaults, and folders that are absolute', () => {
  const here = readPrograms(file({ programs: { a: { argv: ['x'] }, b: { argv: ['y'], cwd: 'below', env: [] } } }));
  expect(here.get('a')).toEqual({
    argv: ['x'],
    input: 'stdin',
    cwd: folder,
    env: ['PATH', 'HOME'],
    timeLimitMs: 86_400_000,
    stopGraceMs: 4_000,
  });
  expect(here.get('b')).toMatchObject({ cwd: join(folder, 'below'), env: [] });
  expect(readPrograms(undefined).size).toBe(0);
});

test.each([
  ['{', /programs\.json: .*JSON/],
  [{ programs: { a: { argv: [] } } }, /programs\.json: programs\.a\.argv: /],
  [{ programs: { a: { argv: ['x'], shell: true } } }, /programs\.json: programs\.a: .*shell/],
  [{ programs: { '../a': { argv: ['x'] } } }, /programs\.json: programs\.\.\.\/a: /],
])('%j is refused in one line that says where', (content, message) => {
  expect(() => readPrograms(file(content))).toThrow(message);
});

test('a file that is not there is no file without programs', () => {
  expect(() => readPrograms(join(folder, 'none.json'))).toThrow(/none\.json: .*ENOENT/);
});
