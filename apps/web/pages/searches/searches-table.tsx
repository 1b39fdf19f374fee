import type { SearchView } from '@caviar/contracts';
import { memo } from 'react';
import { Link } from '../../app/router.js';
import { endedOf } from '../../data/progress.js';
import { formatCount, formatMetric } from '../../format/number.js';
import { formatAgo, formatTime } from '../../format/time.js';
import { ProgressBar, StatusPill } from '../../ui/parts.js';
import { Scroll } from '../../ui/scroll.js';
import { SearchActions } from './search-actions.js';
import type { SearchOrder } from './sorts.js';
import { Sparkline } from './sparkline.js';

const COLUMNS: readonly (readonly [string, SearchOrder['sort'] | null, string?])[] = [
  ['Search', 'name'],
  ['Status', 'status'],
  ['Progress', 'progress', 'roomy'],
  ['Trials', 'trials', 'number roomy'],
  ['Best', null, 'number'],
  ['Best so far', null],
  ['Created', 'created', 'roomy'],
];

export function SearchesTable({
  searches,
  order,
  onSort,
  onChange,
}: {
  readonly searches: readonly SearchView[];
  readonly order: SearchOrder;
  readonly onSort: (sort: SearchOrder['sort']) => void;
  readonly onChange: (search: SearchView) => void;
}) {
  return (
    <Scroll label="Searches">
      <table>
        <thead>
          <tr>
            {COLUMNS.map(([name, key, kind]) => (
              <th
                key={name}
                className={kind}
                aria-sort={key === order.sort ? (order.isUp ? 'ascending' : 'descending') : undefined}
              >
                {key === null ? (
                  name
                ) : (
                  <button type="button" onClick={() => onSort(key)}>
                    {name}
                    {key === order.sort ? (order.isUp ? ' ↑' : ' ↓') : ''}
                  </button>
                )}
              </th>
            ))}
            <th>
              <span className="hidden-text">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {searches.map((search) => (
            <MemoRow key={search.id} search={search} onChange={onChange} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** One that changes draws no other. */
const MemoRow = memo(Row);

function Row({ search, onChange }: { readonly search: SearchView; readonly onChange: (search: SearchView) => void }) {
  const { id, name, status, spec, progress, best, createdAt } = search;
  const dataset = 'dataset' in spec.trainer ? spec.trainer.dataset : null;
  const about = [
    dataset === null ? spec.trainer.kind : `${spec.trainer.kind} on ${dataset}`,
    spec.sampler.kind,
    ...(spec.scheduler.kind === 'fifo' ? [] : [spec.scheduler.kind]),
  ];
  return (
    <tr>
      <td className="name">
        <Link href={`/searches/${id}`}>{name}</Link>
        <span className="small muted">{about.join(' · ')}</span>
      </td>
      <td>
        <StatusPill status={status} />
      </td>
      <td className="roomy" style={{ width: 150 }}>
        <ProgressBar progress={progress} />
      </td>
      <td className="number roomy">
        {formatCount(endedOf(progress))}
        <span className="muted"> / {formatCount(progress.total)}</span>
      </td>
      <td className="number">
        {best === null ? '–' : formatMetric(spec.objective.metric, best.value)}
        <div className="small muted clipped" title={spec.objective.metric}>
          {spec.objective.metric}
        </div>
        {spec.objectives !== undefined && (
          <div className="small muted" title={spec.objectives.map(({ metric }) => metric).join(', ')}>
            first of {spec.objectives.length} objectives
          </div>
        )}
      </td>
      <td>
        <Sparkline search={search} />
      </td>
      <td className="roomy">
        <time dateTime={createdAt} title={formatTime(createdAt)}>
          {formatAgo(createdAt)}
        </time>
      </td>
      <td>
        <SearchActions search={search} onChange={onChange} isCompact />
      </td>
    </tr>
  );
}
