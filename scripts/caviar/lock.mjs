import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from './failure.mjs';
import { at } from './paths.mjs';

const file = at('.caviar', 'bootstrap.lock');
const WRITING_MS = 5_000;

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
    writeFileSync(file, `${process.pid}\n${commandLine(process.pid)}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  if (isAbandoned()) rmSync(file, { force: true }); // the next round takes it
  return false;
}

/**
 * Whether its owner was killed. Ids are given again, after a restart of a container always the same ones: an owner is a process that
 * still has the command line that it had.
 */
function isAbandoned() {
  try {
    const [pid, ...command] = readFileSync(file, 'utf8').split('\n');
    if (pid === '') return Date.now() - statSync(file).mtimeMs > WRITING_MS; // killed before it had written its name
    if (Number(pid) === process.pid || !isAlive(Number(pid))) return true;
    return command.length > 0 && commandLine(Number(pid)) !== command.join('\n');
  } catch {
    return false; // it has just gone
  }
}

function owner() {
  try {
    return readFileSync(file, 'utf8').split('\n')[0];
  } catch {
    return 'another process';
  }
}

/** @param {number} pid */
function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '';
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
