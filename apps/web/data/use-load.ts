import { useEffect, useRef, useState } from 'react';
import { takeEarly } from './early.js';

const LONGEST_REST_MS = 10_000;

export interface Loaded<Value> {
  readonly value: Value | undefined;
  /** Of the last try; a value that was there before stays. */
  readonly error: unknown;
  readonly isLoading: boolean;
  reload(): void;
}

interface State<Value> {
  readonly key: string;
  readonly value: Value | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
}

/**
 * Loads what `key` names, and again whenever `tick` changes: one request at a time, and what was there before is shown until the
 * next has come. Another key begins anew.
 */
export function useLoad<Value>(
  key: string,
  load: (signal: AbortSignal) => Promise<Value>,
  {
    tick = 0,
    isOff = false,
    restMs = 0,
    isVersioned = false,
  }: {
    readonly tick?: number | string;
    readonly isOff?: boolean;
    /** Least time between two answers, for what is expensive to draw. */
    readonly restMs?: number;
    /** An answer of the same `version` is the same: what follows from it stays. */
    readonly isVersioned?: boolean;
  } = {},
): Loaded<Value> {
  const [state, setState] = useState<State<Value>>({ key, value: undefined, error: undefined, isLoading: true });
  const [again, setAgain] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  const rests = useRef(restMs);
  rests.current = restMs;
  const running = useRef<{ readonly key: string; isStale: boolean; readonly stop: AbortController } | null>(null);

  useEffect(
    () => () => {
      running.current?.stop.abort();
      running.current = null;
    },
    [],
  );

  const keepSame = (before: State<Value>, value: Value | undefined) => {
    const versionOf = (one: Value | undefined) => (one as { readonly version?: number } | undefined)?.version;
    const isSame = isVersioned && before.key === key && versionOf(before.value) === versionOf(value);
    return isSame && before.value !== undefined ? before.value : value;
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a tick, or a call of reload, is a reason to load again
  useEffect(() => {
    if (isOff) return;
    if (running.current?.key === key) {
      running.current.isStale = true;
      return;
    }
    running.current?.stop.abort();
    const mine = { key, isStale: false, stop: new AbortController() };
    running.current = mine;
    const run = async () => {
      for (let isFirst = true; isFirst || mine.isStale; isFirst = false) {
        const from = performance.now();
        mine.isStale = false;
        const early = isFirst ? takeEarly<Value>(key) : undefined;
        const outcome = await (early ?? latest.current(mine.stop.signal)).then(
          (value) => ({ value, error: undefined }),
          (error: unknown) => ({ value: undefined, error }),
        );
        if (running.current !== mine) return;
        setState((before) => ({
          key,
          value:
            outcome.error === undefined
              ? keepSame(before, outcome.value)
              : before.key === key
                ? before.value
                : undefined,
          error: outcome.error,
          isLoading: false,
        }));
        // An answer that took long is asked for less often: a page takes a fifth of the service's time at most.
        const rest = Math.max(rests.current, Math.min(LONGEST_REST_MS, 4 * (performance.now() - from)));
        await new Promise((resolve) => setTimeout(resolve, rest));
        if (running.current !== mine) return;
      }
      running.current = null;
    };
    void run();
  }, [key, tick, again, isOff]);

  const isCurrent = state.key === key;
  return {
    value: isCurrent ? state.value : undefined,
    error: isCurrent ? state.error : undefined,
    isLoading: isOff ? false : !isCurrent || state.isLoading,
    reload: () => setAgain((count) => count + 1),
  };
}
