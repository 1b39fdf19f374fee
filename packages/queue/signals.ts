import type { SearchSignals } from '@caviar/orchestrator';
import type { Redis } from 'ioredis';
import { type ConnectionOptions, connect, DEFAULT_PREFIX } from './connection.js';

/** The first change is told at once; of one search, those within this time after it are told once. */
const GATHER_MS = 20;

/** "This search has changed", over Redis pub/sub. A signal may get lost; listeners look by themselves now and then. */
export function createSignals(
  options: ConnectionOptions,
  publisher: Redis,
): { readonly signals: SearchSignals; close(): Promise<void> } {
  const channel = `${options.prefix ?? DEFAULT_PREFIX}:search-changes`;
  const listeners = new Map<string, Set<() => void>>();
  const pending = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let subscriber: Redis | undefined;

  /** Tells what is pending now, and what comes within the time that follows together at its end. */
  function tell(): void {
    timer = undefined;
    if (pending.size === 0) return;
    flush();
    timer = setTimeout(tell, GATHER_MS);
  }

  function flush(): void {
    const ids = [...pending];
    pending.clear();
    if (publisher.status !== 'ready') return;
    for (const id of ids) publisher.publish(channel, id).catch(() => {});
  }

  function listen(): void {
    if (subscriber !== undefined) return;
    subscriber = connect(options);
    subscriber.subscribe(channel).catch(() => {});
    subscriber.on('message', (_channel, id) => {
      for (const listener of listeners.get(id) ?? []) listener();
    });
  }

  return {
    signals: {
      publish(searchId) {
        pending.add(searchId);
        if (timer === undefined) tell();
      },
      subscribe(searchId, listener) {
        listen();
        const present = listeners.get(searchId) ?? new Set();
        listeners.set(searchId, present.add(listener));
        return () => {
          present.delete(listener);
          if (present.size === 0 && listeners.get(searchId) === present) listeners.delete(searchId);
        };
      },
    },
    async close() {
      clearTimeout(timer);
      flush();
      subscriber?.disconnect();
    },
  };
}
