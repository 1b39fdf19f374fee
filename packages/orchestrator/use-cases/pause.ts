/** Waits that long, or until `signal` aborts or `woken` resolves; leaves nothing behind. */
export function pause(ms: number, signal: AbortSignal | undefined, woken?: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
    if (signal?.aborted === true) done();
    woken?.then(done);
  });
}
