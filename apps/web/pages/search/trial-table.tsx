import { memo, type UIEvent, useEffect, useState } from 'react';
import { Empty, Failure, Skeleton } from '../../ui/states.js';
import type { Column, TableRow } from './table-columns.js';
import { type TableQuery, useTableWindow } from './use-table-window.js';

const ROW = 36;
const HEIGHT = 640;
/** Rows drawn beyond what is in sight, so that scrolling never meets an edge. */
const MARGIN = 12;
const STRIDE = 4;
/** A browser cannot draw anything taller than some 33 million pixels. */
const MOST_ROWS = 900_000;

export interface TrialTableProps {
  readonly searchId: string;
  readonly tick: number;
  readonly columns: readonly Column[];
  readonly query: TableQuery;
  readonly onSort: (key: string) => void;
  readonly pinned: readonly number[];
  readonly onPin: (number: number) => void;
  readonly onTotal: (total: number | null) => void;
}

/** The leaderboard: any number of rows, of which those in sight are there. */
export function TrialTable({ searchId, tick, columns, query, onSort, pinned, onPin, onTotal }: TrialTableProps) {
  const [first, setFirst] = useState(0);
  const last = first + Math.ceil(HEIGHT / ROW) + 2 * MARGIN + STRIDE;
  const { total, error, at } = useTableWindow(searchId, query, { first, last, tick });
  useEffect(() => onTotal(total), [total, onTotal]);
  if (total === null) return error === undefined ? <Skeleton height={HEIGHT} /> : <Failure error={error} />;
  if (total === 0) {
    return (
      <Empty title="No trial matches">
        <p>Widen the filter, or wait for trials to come.</p>
      </Empty>
    );
  }
  const rows = Math.min(total, MOST_ROWS);
  const template = `40px 52px ${columns.map(({ width, isNumber }) => (isNumber ? `minmax(${width}px, 1fr)` : `${width}px`)).join(' ')}`;
  const width = 92 + columns.reduce((sum, column) => sum + column.width, 0);
  const shown = Array.from({ length: Math.max(0, Math.min(last, rows) - first) }, (_, i) => first + i);
  return (
    <section
      className="virtual"
      style={{ maxHeight: HEIGHT }}
      aria-label="Table of trials"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={(event: UIEvent<HTMLElement>) => setFirst(firstRow(event.currentTarget.scrollTop))}
    >
      <table aria-label="Trials" aria-rowcount={total + 1} style={{ minWidth: width }}>
        <thead>
          <tr className="virtual-row" style={{ gridTemplateColumns: template }} aria-rowindex={1}>
            <th>
              <span className="hidden-text">Compare</span>
            </th>
            <th>#</th>
            {columns.map((column) => (
              <Header key={column.key} column={column} query={query} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody style={{ height: rows * ROW }}>
          {shown.map((place) => (
            <MemoRow
              key={place}
              place={place}
              trial={at(place)}
              columns={columns}
              template={template}
              pinned={pinned}
              onPin={onPin}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Header({
  column,
  query,
  onSort,
}: Pick<TrialTableProps, 'query' | 'onSort'> & {
  readonly column: Column;
}) {
  const { key, title, isSortable, isNumber } = column;
  const isSorted = query.sort === key;
  const isDown = query.order === 'desc';
  return (
    <th
      className={isNumber ? 'number' : ''}
      aria-sort={isSorted ? (isDown ? 'descending' : 'ascending') : undefined}
      title={title}
    >
      {isSortable ? (
        <button type="button" onClick={() => onSort(key)}>
          {title}
          {isSorted && (isDown ? ' ↓' : ' ↑')}
        </button>
      ) : (
        title
      )}
    </th>
  );
}

/** Scrolling draws the rows that come, not those that are there. */
const MemoRow = memo(Row);

/** The first row to be drawn, a few rows at a time: most frames of a scroll draw none. */
function firstRow(top: number): number {
  const first = Math.max(0, Math.floor(top / ROW) - MARGIN);
  return first - (first % STRIDE);
}

function Row({
  place,
  trial,
  columns,
  template,
  pinned,
  onPin,
}: Pick<TrialTableProps, 'columns' | 'pinned' | 'onPin'> & {
  readonly place: number;
  readonly trial: TableRow | undefined;
  readonly template: string;
}) {
  const style = { gridTemplateColumns: template, transform: `translateY(${place * ROW}px)` };
  if (trial === undefined) {
    return (
      <tr className="virtual-row" style={style} aria-rowindex={place + 2}>
        <td />
        <td className="muted">{place + 1}</td>
      </tr>
    );
  }
  const isPinned = pinned.includes(trial.number);
  return (
    <tr className={`virtual-row ${isPinned ? 'chosen' : ''}`} style={style} aria-rowindex={place + 2}>
      <td>
        <input
          type="checkbox"
          checked={isPinned}
          onChange={() => onPin(trial.number)}
          aria-label={`Compare trial ${trial.number}`}
        />
      </td>
      <td className="muted">{place + 1}</td>
      {columns.map(({ key, isNumber, cell }) => (
        <td key={key} className={isNumber ? 'number' : ''}>
          {cell(trial)}
        </td>
      ))}
    </tr>
  );
}
