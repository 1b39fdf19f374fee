import { rmSync, writeFileSync } from 'node:fs';

const TOUCH_MS = 5_000;

/**
 * Writes the time into a file again and again, for a health check that has no port to ask (the containers' one looks at
 * the file's age). A process whose event loop is stuck, and so would lose its leases, lets the file grow old.
 *
 * @returns the way to stop, which removes the file
 * @throws when the file cannot be written at first
 */
export function keepAliveFile(path: string, everyMs = TOUCH_MS): () => void {
  const touch = () => writeFileSync(path, `${new Date().toISOString()}\n`);
  touch();
  const timer = setInterval(() => {
    try {
      touch();
    } catch {
      // a full disk must not end the training; the file grows old and tells
    }
  }, everyMs).unref();
  return () => {
    clearInterval(timer);
    rmSync(path, { force: true });
  };
}
