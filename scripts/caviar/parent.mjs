import { readFileSync } from 'node:fs';

const LOOK_MS = 250;

/**
 * Calls back once whoever started us is gone and cannot say so: npm, or the shell between it and us, which dies of a
 * signal that npm passes on (or lives on, when npm died of it) without a word; or a parent that holds a channel to us.
 * Nobody else is watched: `nohup` and `&` outlive their shells, as they are meant to.
 *
 * @param {() => void} onGone
 */
export function watchParent(onGone) {
  if (process.connected) process.once('disconnect', onGone);
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const above = isShellOfNpm(parent) ? parentOf(parent) : undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent && (above === undefined || parentOf(parent) === above)) return;
    clearInterval(timer);
    onGone();
  }, LOOK_MS);
  timer.unref();
}

/**
 * Whether a process is `sh -c SCRIPT`, as npm runs its scripts. Bash becomes the script instead, and npm is then our parent.
 * Only Linux tells cheaply.
 *
 * @param {number} pid
 */
function isShellOfNpm(pid) {
  const [, option] = textOf(`/proc/${pid}/cmdline`).split('\0');
  return option === '-c';
}

/**
 * @param {number} pid
 * @returns {number | undefined} undefined where it is not told
 */
function parentOf(pid) {
  const parent = /^PPid:\s*(\d+)$/m.exec(textOf(`/proc/${pid}/status`))?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** @param {string} path */
function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // not Linux, or gone
  }
}
