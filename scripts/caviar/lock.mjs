import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.mjs';
import { at } from './paths.mjs';

const file = at('.caviar', 'bootstrap.lock');

/**
 * Runs `work` while no other verb bootstraps this checkout: two installs at once would spoil each other's.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(work) {
  makeFolder();
  for (let isTold = false; !take(); isTold = true) {
    if (!isTold) process.stderr.write(`caviar: waiting for process ${owner()}, which is setting up this folder …\n`);
    await sleep(200);
  }
  const release = () => rmSync(file, { force: true });
  process.on('exit', release);
  try {
    return await work();
  } finally {
    release();
    process.off('exit', release);
  }
}

function makeFolder() {
  try {
    mkdirSync(dirname(file), { recursive: true });
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    throw new Failure('Setting up this folder', message, 'npm run build as the user who owns it');
  }
}

function take() {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  const pid = owner();
  if (pid !== undefined && !isAlive(pid)) rmSync(file, { force: true }); // the next round takes it
  return false;
}

/** @returns {number | undefined} undefined while the owner is still writing its name, or has just gone */
function owner() {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return pid > 0 && pid !== process.pid ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
