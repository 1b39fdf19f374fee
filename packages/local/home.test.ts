import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHome } from './home.js';
import { commandLine } from './process-table.js';

const folder = () => join(mkdtempSync(join(tmpdir(), 'caviar-home-')), 'home');

test('creates the folder and gives the lock back', () => {
  const path = folder();
  const home = openHome(path);
  expect(home).toMatchObject({ path, postgres: join(path, 'postgres'), isRecovered: false });
  expect(existsSync(join(path, 'logs'))).toBe(true);
  home.release();
  expect(existsSync(join(path, 'lock'))).toBe(false);
  openHome(path).release();
});

test('is refused while a living process owns it', async () => {
  const path = folder();
  mkdirSync(path);
  const owner = spawn('sleep', ['30']);
  const { pid = 0 } = owner;
  while (!commandLine(pid).startsWith('sleep')) await new Promise((resolve) => setTimeout(resolve, 5));
  writeFileSync(join(path, 'lock'), JSON.stringify({ pid, command: commandLine(pid) }));
  expect(() => openHome(path)).toThrow(`is in use by another Caviar (process ${pid})`);

  owner.kill('SIGKILL');
  await new Promise((resolve) => owner.once('exit', resolve));
  const home = openHome(path);
  expect(home.isRecovered).toBe(true);
  home.release();
});

test('a stranger with the id of a dead owner does not count', () => {
  const path = folder();
  mkdirSync(path);
  writeFileSync(join(path, 'lock'), JSON.stringify({ pid: process.ppid, command: 'node scripts/caviar.mjs start' }));
  expect(openHome(path).isRecovered).toBe(true);
});

test('a torn lock file counts as a dead owner', () => {
  const path = folder();
  mkdirSync(path);
  writeFileSync(join(path, 'lock'), '{"pid":');
  expect(openHome(path).isRecovered).toBe(true);
});

test('says in one line why a folder cannot be used', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'caviar-home-')), 'file');
  writeFileSync(file, '');
  expect(() => openHome(join(file, 'home'))).toThrow(/^Data folder failed: .*file.* cannot be written .*CAVIAR_HOME$/);
});
