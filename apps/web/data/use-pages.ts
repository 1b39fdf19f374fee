import { useEffect, useRef, useState } from 'react';

interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

export interface Pages<Item> {
  /** What `key` names; until its first page is there, what was shown before. */
  readonly items: readonly Item[] | undefined;
  /** Whether `items` are those of the present key. */
  readonly isCurrent: boolean;
  readonly hasMore: boolean;
  readonly error: unknown;
  /** Loads the next page, unless that is on its way. */
  more(): void;
  reload(): void;
}

interface State<Item> {
  readonly key: string | null;
  readonly pages: readonly PageOf<Item>[];
  readonly error: unknown;
}

/** A list that is read page by page, as far as somebody looks. A tick reads again what was read; another key begins anew. */
export function usePages<Item>(
  key: string,
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<PageOf<Item>>,
  { tick = 0 }: { readonly tick?: number } = {},
): Pages<Item> {
  const [state, setState] = useState<State<Item>>({ key: null, pages: [], error: undefined });
  const [wanted, setWanted] = useState({ key, pages: 1, again: 0 });
  const latest = useRef(load);
  latest.current = load;
  const known = useRef(state);
  known.current = state;
  const count = wanted.key === key ? wanted.pages : 1;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a tick, or a call of reload, is a reason to read all again
  useEffect(() => {
    const stop = new AbortController();
    void read(key, count, stop.signal);
    return () => stop.abort();
  }, [key, tick, wanted.again]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only another page is wanted
  useEffect(() => {
    if (count < 2 || known.current.key !== key) return;
    const stop = new AbortController();
    void read(key, count, stop.signal, known.current.pages);
    return () => stop.abort();
  }, [count]);

  async function read(of: string, pages: number, signal: AbortSignal, before: readonly PageOf<Item>[] = []) {
    try {
      const found = [...before];
      while (found.length < pages) {
        const cursor = found.length === 0 ? undefined : found.at(-1)?.nextCursor;
        if (cursor === null) break;
        found.push(await latest.current(cursor, signal));
        if (signal.aborted) return;
      }
      setState({ key: of, pages: found, error: undefined });
    } catch (error) {
      if (!signal.aborted) setState((last) => ({ ...last, error }));
    }
  }

  const isCurrent = state.key === key;
  const hasMore = isCurrent && (state.pages.at(-1)?.nextCursor ?? null) !== null;
  return {
    items: state.key === null ? undefined : state.pages.flatMap(({ items }) => items),
    isCurrent,
    hasMore,
    error: state.error,
    more: () => {
      if (hasMore && count === state.pages.length) setWanted({ key, pages: count + 1, again: wanted.again });
    },
    reload: () => setWanted({ key, pages: count, again: wanted.again + 1 }),
  };
}
