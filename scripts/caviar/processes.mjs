import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './paths.mjs';

/** @typedef {{ code: number, output: string }} Result `output` is '' when it went to our own streams */
/** @typedef {{ env?: NodeJS.ProcessEnv, stdio?: 'inherit' | 'capture', limitMs?: number }} Options */

const GRACE_MS = 3_000;
/** @type {Map<import('node:child_process').ChildProcess, boolean>} child -> whether it leads a process group */
const living = new Map();
let isStopping = false;

/**
 * Runs a program at the root of the repository. It ends with us, whatever way we end.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {Options} [options] `inherit` shows its output; `capture` keeps it back; after `limitMs` it is killed
 * @returns {Promise<Result>}
 */
export async function run(file, args, { env = process.env, stdio = 'inherit', limitMs } = {}) {
  // What is captured runs in a group of its own, because npx starts pnpm, which starts install scripts: all must end.
  const detached = stdio === 'capture' && process.platform !== 'win32';
  const child = spawn(file, args, {
    cwd: root,
    env,
    detached,
    stdio: stdio === 'capture' ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32' && !file.endsWith('.exe'), // npx and pnpm are .cmd files there
  });
  living.set(child, detached);
  const timer = limitMs === undefined ? undefined : setTimeout(() => signalOne(child, 'SIGKILL'), limitMs);
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => {
    const end = (/** @type {number} */ code) => {
      living.delete(child);
      clearTimeout(timer);
      if (!isStopping) resolve({ code, output }); // who is stopped has not failed: nobody is to report it
    };
    child.on('error', (error) => {
      output += error.message;
      end(127);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}

/**
 * Runs one of our own programs with this very Node.
 *
 * @param {string} script
 * @param {readonly string[]} [args]
 * @param {Options} [options]
 */
export const runNode = (script, args = [], options = {}) => run(process.execPath, [script, ...args], options);

/** @param {NodeJS.Signals} signal */
function signalAll(signal) {
  for (const child of living.keys()) signalOne(child, signal);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalOne(child, signal) {
  try {
    if (living.get(child) && child.pid !== undefined) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // gone already
  }
}

process.on('exit', () => signalAll('SIGKILL'));

/** Ends whatever `run` has started. */
export async function stopChildren() {
  isStopping = true;
  signalAll('SIGTERM');
  for (let waited = 0; living.size > 0 && waited < GRACE_MS; waited += 50) await sleep(50);
  signalAll('SIGKILL');
}
