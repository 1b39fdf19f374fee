import type { TrialView } from '@caviar/contracts';
import { useCallback, useMemo, useState } from 'react';
import { useParam } from '../../app/router.js';
import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { formatCount } from '../../format/number.js';
import { ColumnsIcon, DownloadIcon } from '../../ui/icons.js';
import { Menu } from '../../ui/menu.js';
import { Card } from '../../ui/parts.js';
import { readKeys, writeKeys } from './column-keys.js';
import { Comparison } from './comparison.js';
import { type Conditions, FilterEditor } from './filter-editor.js';
import { saveExport } from './save-export.js';
import type { TabProps } from './tab-props.js';
import { columnsOf } from './table-columns.js';
import { TrialTable } from './trial-table.js';

const STATUSES = [
  'completed',
  'pruned',
  'infeasible',
  'running',
  'paused',
  'queued',
  'failed',
  'cancelled',
] as const satisfies readonly TrialView['status'][];

/** Every trial: sorted, filtered, its columns chosen, some of them pinned and compared. All of it is in the address. */
export function TrialsTab({ search, tick }: TabProps) {
  const { id } = search;
  const [sort, setSort] = useParam('sort', search.spec.objectives === undefined ? 'value' : 'front');
  const [order, setOrder] = useParam('order', 'asc');
  const [statuses, setStatuses] = useParam('status');
  const [filterText, setFilterText] = useParam('filter');
  const [chosen, setChosen] = useParam('columns');
  const [pins, setPins] = useParam('pins');
  const [total, setTotal] = useState<number | null>(null);
  const sample = useLoad(`metrics ${id}`, (signal) => api().trialTable(id, { limit: 1, signal }), {
    tick: search.best?.trialId ?? '',
  });
  const metrics = writeKeys(Object.keys(sample.value?.items[0]?.metrics ?? {}));
  const all = useMemo(() => columnsOf(search.spec, readKeys(metrics)), [search.spec, metrics]);
  const shown = chosen === '' ? writeKeys(all.filter(({ isShown }) => isShown).map(({ key }) => key)) : chosen;
  const columns = useMemo(() => {
    const keys = readKeys(shown);
    return all.filter(({ key }) => keys.includes(key));
  }, [all, shown]);
  const filter = useMemo(() => readFilter(filterText), [filterText]);
  const status = (statuses === '' ? [] : statuses.split(',')) as TrialView['status'][];
  // The same as long as the address is: rows are drawn anew when something in them changes, and not with every push.
  const pinned = useMemo(() => (pins === '' ? [] : pins.split(',').map(Number)), [pins]);
  const togglePin = useCallback(
    (number: number) =>
      setPins((pinned.includes(number) ? pinned.filter((one) => one !== number) : [...pinned, number]).join(',')),
    [pinned, setPins],
  );
  const sortBy = (key: string) => {
    if (key === sort) setOrder(order === 'asc' ? 'desc' : 'asc');
    else {
      setSort(key);
      setOrder('asc');
    }
  };
  const told = useCallback((count: number | null) => setTotal(count), []);
  return (
    <div className="stack">
      {pinned.length > 0 && <Comparison search={search} numbers={pinned} tick={tick} onUnpin={togglePin} />}
      <Card
        title="Trials"
        hint={total === null ? undefined : `${formatCount(total)} shown`}
        actions={
          <>
            <ColumnMenu columns={all} shown={readKeys(shown)} onChange={(keys) => setChosen(writeKeys(keys))} />
            <Menu
              button={
                <>
                  <DownloadIcon /> Export all
                </>
              }
            >
              <button type="button" onClick={() => saveExport(search, 'csv')} data-closes>
                CSV
              </button>
              <button type="button" onClick={() => saveExport(search, 'jsonl')} data-closes>
                JSON Lines
              </button>
            </Menu>
          </>
        }
      >
        <div className="toolbar">
          <fieldset className="segments" aria-label="Statuses" style={{ border: 0, margin: 0, flexWrap: 'wrap' }}>
            {STATUSES.filter((one) => search.progress[one] > 0 || status.includes(one)).map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={status.includes(one)}
                onClick={() =>
                  setStatuses((status.includes(one) ? status.filter((s) => s !== one) : [...status, one]).join(','))
                }
              >
                {one} {formatCount(search.progress[one])}
              </button>
            ))}
          </fieldset>
          <FilterEditor
            columns={all.filter(({ key }) => /^(value|params\.|metrics\.|step|durationMs)/.test(key))}
            space={search.spec.space}
            filter={filter}
            onChange={(next) => setFilterText(Object.keys(next).length === 0 ? '' : JSON.stringify(next))}
          />
        </div>
        <TrialTable
          searchId={id}
          tick={tick}
          columns={columns}
          query={{ sort, order: order === 'desc' ? 'desc' : 'asc', status, filter }}
          onSort={sortBy}
          pinned={pinned}
          onPin={togglePin}
          onTotal={told}
        />
      </Card>
    </div>
  );
}

function readFilter(text: string): Conditions {
  try {
    return text === '' ? {} : (JSON.parse(text) as Conditions);
  } catch {
    return {};
  }
}

function ColumnMenu({
  columns,
  shown,
  onChange,
}: {
  readonly columns: readonly { readonly key: string; readonly title: string }[];
  readonly shown: readonly string[];
  readonly onChange: (keys: readonly string[]) => void;
}) {
  const toggle = (key: string) =>
    onChange(
      columns.map((column) => column.key).filter((one) => (one === key ? !shown.includes(one) : shown.includes(one))),
    );
  return (
    <Menu
      button={
        <>
          <ColumnsIcon /> Columns
        </>
      }
    >
      {columns.map(({ key, title }) => (
        <label key={key}>
          <input type="checkbox" checked={shown.includes(key)} onChange={() => toggle(key)} />
          {title}
        </label>
      ))}
    </Menu>
  );
}
