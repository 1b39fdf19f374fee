import type { SearchView } from '@caviar/contracts';
import { useMemo } from 'react';
import { Link, useParam } from '../../app/router.js';
import { ANY_SEARCH, keepSearch, liveSearches, useTick } from '../../data/live.js';
import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { PlusIcon } from '../../ui/icons.js';
import { Segments } from '../../ui/parts.js';
import { Empty, Whole } from '../../ui/states.js';
import { SearchesTable } from './searches-table.js';
import { SORTS, type SortName } from './sorts.js';

const STATUSES = [
  ['', 'All'],
  ['running', 'Running'],
  ['paused', 'Paused'],
  ['completed', 'Completed'],
  ['failed', 'Failed'],
  ['cancelled', 'Cancelled'],
] as const;

const PAGE = 200;

/** Every search, newest first, kept up to date by what the service pushes. */
export function SearchesPage() {
  const [status, setStatus] = useParam('status');
  const [words, setWords] = useParam('q');
  const [sort, setSort] = useParam('sort', 'created');
  const tick = useTick(ANY_SEARCH);
  const loaded = useLoad('searches', async (signal) => {
    const { items, nextCursor } = await api().listSearches({ limit: PAGE, signal });
    return { items, isAll: nextCursor === null };
  });
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
      <Whole loaded={loaded} height={360}>
        {({ items, isAll }) => (
          <Shown
            items={items}
            isAll={isAll}
            tick={tick}
            status={status}
            words={words}
            sort={sort as SortName}
            onSort={setSort}
          />
        )}
      </Whole>
    </>
  );
}

function Shown({
  items,
  isAll,
  tick,
  status,
  words,
  sort,
  onSort,
}: {
  readonly items: readonly SearchView[];
  readonly isAll: boolean;
  readonly tick: number;
  readonly status: string;
  readonly words: string;
  readonly sort: SortName;
  readonly onSort: (sort: SortName) => void;
}) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a tick says that what is live has changed
  const all = useMemo(() => {
    const known = new Map(items.map((search) => [search.id, search]));
    for (const [id, search] of liveSearches()) known.set(id, search);
    return [...known.values()];
  }, [items, tick]);
  const shown = useMemo(() => {
    const wanted = words.toLowerCase();
    return all
      .filter((search) => status === '' || search.status === status)
      .filter((search) => wanted === '' || textOf(search).includes(wanted))
      .toSorted(SORTS[sort] ?? SORTS.created);
  }, [all, status, words, sort]);

  if (all.length === 0) {
    return (
      <div className="card">
        <Empty title="No searches yet">
          <p>
            A search tries many hyperparameters at once and keeps the best. Make one here, or POST it to /v1/searches.
          </p>
          <div className="row">
            <Link className="button primary" href="/searches/new">
              <PlusIcon /> New search
            </Link>
          </div>
        </Empty>
      </div>
    );
  }
  return (
    <div className="card">
      {shown.length === 0 ? (
        <Empty title="No search matches" />
      ) : (
        <SearchesTable searches={shown} sort={sort} onSort={onSort} onChange={keepSearch} />
      )}
      {!isAll && <p className="state small">These are the newest {PAGE}; older ones are at their addresses.</p>}
    </div>
  );
}

function textOf({ name, id, spec }: SearchView): string {
  const dataset = 'dataset' in spec.trainer ? spec.trainer.dataset : '';
  return `${name} ${id} ${spec.trainer.kind} ${dataset} ${spec.sampler.kind} ${spec.scheduler.kind}`.toLowerCase();
}
