import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepAliveFile } from './alive-file.js';

describe('keepAliveFile', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'caviar-alive-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is young at once and stays so, and is gone in the end', async () => {
    const path = join(folder, 'alive');
    const stop = keepAliveFile(path, 20);
    expect(Date.now() - Date.parse(readFileSync(path, 'utf8').trim())).toBeLessThan(5_000);
    utimesSync(path, 0, 0);
    for (let waited = 0; statSync(path).mtimeMs === 0 && waited < 5_000; waited += 20) await sleep(20);
    expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(5_000);
    stop();
    expect(existsSync(path)).toBe(false);
    await sleep(60);
    expect(existsSync(path)).toBe(false);
  });

  it('grows old while the event loop is stuck', () => {
    const path = join(folder, 'alive');
    const stop = keepAliveFile(path, 5);
    utimesSync(path, 0, 0);
    const until = performance.now() + 50;
    while (performance.now() < until);
    expect(statSync(path).mtimeMs).toBe(0);
    stop();
  });

  it('says at the start that it cannot write', () => {
    expect(() => keepAliveFile(join(folder, 'missing', 'alive'))).toThrow('ENOENT');
  });

  it('survives a folder that disappears', async () => {
    const inner = mkdtempSync(join(folder, 'inner-'));
    const stop = keepAliveFile(join(inner, 'alive'), 10);
    rmSync(inner, { recursive: true });
    await sleep(60);
    stop();
  });
});
