import type { SearchView } from '@caviar/contracts';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Link, useParam } from '../../app/router.js';
import { ANY_SEARCH, CONNECTED, goneSearches, keepSearch, liveSearches, useTick } from '../../data/live.js';
import { api } from '../../data/session.js';
import { type Pages, usePages } from '../../data/use-pages.js';
import { PlusIcon } from '../../ui/icons.js';
import { Segments } from '../../ui/parts.js';
import { Empty, Failure, Skeleton } from '../../ui/states.js';
import { SearchesTable } from './searches-table.js';
import { isSort, matches, merge, type SearchOrder, usualOrder } from './sorts.js';

const STATUSES = [
  ['', 'All'],
  ['running', 'Running'],
  ['paused', 'Paused'],
  ['completed', 'Completed'],
  ['failed', 'Failed'],
  ['cancelled', 'Cancelled'],
] as const;

const PAGE = 100;
/** Somebody types on within that time. */
const QUIET_MS = 150;

/** Every search, filtered and ordered by the service, and kept up to date by what it pushes. */
export function SearchesPage() {
  const [status, setStatus] = useParam('status');
  const [words, setWords] = useParam('q');
  const [given, setSort] = useParam('sort', 'created');
  const sort = isSort(given) ? given : 'created';
  const [order, setOrder] = useParam('order', usualOrder(sort));
  const isUp = order === 'asc';
  const asked = useQuiet(words.trim(), QUIET_MS);
  const connected = useTick(CONNECTED);
  const pages = usePages(
    `searches ${JSON.stringify([status, asked, sort, isUp])}`,
    (cursor, signal) =>
      api().listSearches({
        limit: PAGE,
        cursor,
        signal,
        sort,
        order: isUp ? 'asc' : 'desc',
        ...(status !== '' && { status: status as SearchView['status'] }),
        ...(asked !== '' && { q: asked.slice(0, 200) }),
      }),
    { tick: connected },
  );
  const sortBy = (next: typeof sort) => {
    if (next === sort) setOrder(isUp ? 'desc' : 'asc');
    else {
      setOrder(usualOrder(sort));
      setSort(next);
    }
  };
  return (
    <>
      <div className="page-head">
        <h1>Searches</h1>
        <div className="actions">
          <Link className="button primary" href="/searches/new">
            <PlusIcon /> New search
          </Link>
        </div>
      </div>
      <div className="toolbar">
        <input
          className="input"
          type="search"
          placeholder="Filter by name, data set, sampler"
          aria-label="Filter"
          style={{ width: 260 }}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        <Segments label="Status" value={status as ''} choices={STATUSES} onChange={setStatus} />
      </div>
      {pages.items === undefined ? (
        pages.error === undefined ? (
          <Skeleton height={360} />
        ) : (
          <Failure error={pages.error} onRetry={pages.reload} />
        )
      ) : (
        <Shown pages={pages} read={pages.items} status={status} words={words} order={{ sort, isUp }} onSort={sortBy} />
      )}
    </>
  );
}

/** A value once it has not changed for a while. */
function useQuiet(value: string, ms: number): string {
  const [quiet, setQuiet] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return quiet;
}

function Shown({
  pages,
  read,
  status,
  words,
  order,
  onSort,
}: {
  readonly pages: Pages<SearchView>;
  readonly read: readonly SearchView[];
  readonly status: string;
  readonly words: string;
  readonly order: SearchOrder;
  readonly onSort: (sort: SearchOrder['sort']) => void;
}) {
  const tick = useTick(ANY_SEARCH);
  const { hasMore, isCurrent, more } = pages;
  const { sort, isUp } = order;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a tick says that what is live has changed
  const shown = useMemo(
    () =>
      merge(read, liveSearches(), {
        order: { sort, isUp },
        hasMore,
        isShown: (search) => matches(search, { status, words }) && !goneSearches().has(search.id),
      }),
    [read, tick, status, words, sort, isUp, hasMore],
  );
  if (shown.length === 0 && isCurrent && !hasMore) {
    return (
      <div className="card">{status === '' && words === '' ? <FirstOne /> : <Empty title="No search matches" />}</div>
    );
  }
  return (
    <>
      <div className="card" aria-busy={!isCurrent}>
        <SearchesTable searches={shown} order={order} onSort={onSort} onChange={keepSearch} />
      </div>
      {pages.error === undefined ? (
        hasMore && <More onMore={more} />
      ) : (
        <Failure error={pages.error} onRetry={pages.reload} />
      )}
    </>
  );
}

function FirstOne() {
  return (
    <Empty title="No searches yet">
      <p>A search tries many hyperparameters at once and keeps the best. Make one here, or POST it to /v1/searches.</p>
      <div className="row">
        <Link className="button primary" href="/searches/new">
          <PlusIcon /> New search
        </Link>
      </div>
    </Empty>
  );
}

/** Asks for the next page when it comes into sight; it is also a button. */
function More({ onMore }: { readonly onMore: () => void }) {
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    if (host.current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) latest.current();
      },
      { rootMargin: '400px' },
    );
    observer.observe(host.current);
    return () => observer.disconnect();
  });
  return (
    <div ref={host} className="row" style={{ justifyContent: 'center', padding: 16 }}>
      <button type="button" className="button" onClick={onMore}>
        Show more
      </button>
    </div>
  );
}
