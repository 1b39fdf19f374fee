import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// The lock of a checkout, in a checkout that has nothing but it.

const here = dirname(fileURLToPath(import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'caviar-lock-test-'));
const lock = join(root, '.caviar', 'bootstrap.lock');
const script = join(root, 'take.mjs');
beforeAll(() => {
  cpSync(join(here, 'caviar'), join(root, 'scripts', 'caviar'), { recursive: true });
  mkdirSync(dirname(lock));
  writeFileSync(
    script,
    `import { writeFileSync } from 'node:fs';
     import { withLock } from './scripts/caviar/lock.mjs';
     if (process.argv[2] === 'restarted') writeFileSync(${JSON.stringify(lock)}, String(process.pid));
     await withLock(async () => console.log('taken'));`,
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What a process says that wants the lock; it is killed when `isDone` is content with what it has said. */
async function wanting(isDone: (said: string) => boolean, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [script, ...args]);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += String(chunk);
      if (isDone(said)) child.kill('SIGKILL');
    });
  }
  await new Promise((resolve) => child.once('close', resolve));
  return said;
}
const taking = (...args: string[]) => wanting((said) => said.includes('taken'), ...args);

describe('the lock of a checkout', () => {
  test('is waited for while its owner lives', async () => {
    const owner = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1e6)']);
    writeFileSync(lock, String(owner.pid));
    expect(await wanting((said) => said.includes('waiting'))).toContain(`waiting for process ${owner.pid},`);
    owner.kill('SIGKILL');
    await new Promise((resolve) => owner.once('close', resolve));
    expect(await taking()).toContain('taken');
  });

  test('is taken from an owner whose id another program has now', async () => {
    writeFileSync(lock, `${process.pid}\nnode scripts/caviar.mjs quickstart`);
    expect(await taking()).toContain('taken');
  });

  test('is taken from one whose id is ours, as in a container that was restarted', async () => {
    expect(await taking('restarted')).toContain('taken');
  });

  test('is taken from one that was killed before it had written its name', async () => {
    writeFileSync(lock, '');
    utimesSync(lock, 0, 0);
    expect(await taking()).toContain('taken');
  });
});
