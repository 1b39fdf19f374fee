import type { TableOptions } from '@caviar/client';
import type { TrialTableView } from '@caviar/contracts';
import { useEffect, useRef, useState } from 'react';
import { TABLE_CHUNK, tableKey, takeEarly } from '../../data/early.js';
import { api } from '../../data/session.js';
import type { TableRow } from './table-columns.js';

/** Chunks kept: what was scrolled past long ago is asked for again. */
const KEPT = 40;
const LONGEST_REST_MS = 10_000;

export type TableQuery = Pick<TableOptions, 'sort' | 'order' | 'status' | 'filter'>;

export interface TableWindow {
  /** Null until the first answer. */
  readonly total: number | null;
  readonly error: unknown;
  /** The trial at a place; undefined while it is on its way. */
  at(place: number): TableRow | undefined;
}

/**
 * The trials around what is in sight, by place: whole chunks, each asked for once, and those in sight again with every tick. A table
 * of any length costs what its window costs.
 */
export function useTableWindow(
  searchId: string,
  query: TableQuery,
  { first, last, tick }: { readonly first: number; readonly last: number; readonly tick: number },
): TableWindow {
  const key = `${searchId} ${JSON.stringify(query)}`;
  const [state, setState] = useState({ key, total: null as number | null, error: undefined as unknown, drawn: 0 });
  const store = useRef({ key, chunks: new Map<number, { items: readonly TableRow[]; tick: number }>() });
  const asked = useRef(new Set<string>());
  if (store.current.key !== key) store.current = { key, chunks: new Map() };
  const [start, end] = [Math.floor(Math.max(0, first) / TABLE_CHUNK), Math.floor(Math.max(0, last) / TABLE_CHUNK)];

  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer in `state` is a reason to look for what is missing
  useEffect(() => {
    const mine = store.current;
    for (let chunk = start; chunk <= end; chunk++) {
      const name = `${key} ${chunk}`;
      const isFresh = mine.chunks.get(chunk)?.tick === tick;
      const isBeyond = state.key === key && state.total !== null && chunk > 0 && chunk * TABLE_CHUNK >= state.total;
      if (isFresh || isBeyond || asked.current.has(name)) continue;
      asked.current.add(name);
      const from = performance.now();
      const early = takeEarly<TrialTableView>(tableKey(searchId, query, chunk));
      (early ?? api().trialTable(searchId, { ...query, offset: chunk * TABLE_CHUNK, limit: TABLE_CHUNK }))
        .then(
          ({ items, total, fronts }) => {
            mine.chunks.delete(chunk);
            const rows = items.map((trial, i) => (fronts === undefined ? trial : { ...trial, front: fronts[i] }));
            mine.chunks.set(chunk, { items: rows, tick });
            const [oldest] = mine.chunks.keys();
            if (mine.chunks.size > KEPT && oldest !== undefined) mine.chunks.delete(oldest);
            if (store.current === mine) setState(({ drawn }) => ({ key, total, error: undefined, drawn: drawn + 1 }));
          },
          (error: unknown) => {
            if (store.current === mine) setState((before) => ({ ...before, key, error }));
          },
        )
        .finally(() => {
          // An answer that took long is asked for less often; what changed in the meantime is looked for then.
          const rest = Math.min(LONGEST_REST_MS, 4 * (performance.now() - from));
          setTimeout(() => {
            asked.current.delete(name);
            if (store.current === mine) setState((before) => ({ ...before, drawn: before.drawn + 1 }));
          }, rest);
        });
    }
  }, [key, start, end, tick, state.drawn]);

  const { chunks } = store.current;
  return {
    total: state.key === key ? state.total : null,
    error: state.key === key ? state.error : undefined,
    at: (place) => chunks.get(Math.floor(place / TABLE_CHUNK))?.items[place % TABLE_CHUNK],
  };
}
