/** A promise and its ends, for those who wait for something that happens elsewhere. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function createDeferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // Whether anybody waits depends on the caller's code; that nobody does is no error.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
