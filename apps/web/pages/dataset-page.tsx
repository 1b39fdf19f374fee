import type { DatasetDetailView } from '@caviar/contracts';
import { Link, useParam } from '../app/router.js';
import { useTitle } from '../app/title.js';
import { api } from '../data/session.js';
import { useLoad } from '../data/use-load.js';
import { formatCount, formatNumber } from '../format/number.js';
import { Card } from '../ui/parts.js';
import { Scroll } from '../ui/scroll.js';
import { Whole } from '../ui/states.js';
import { DatasetFacts } from './dataset-facts.js';

type Column = DatasetDetailView['summary']['target'];

/** One data set: what is known of it, and a first look at its columns. */
export function DatasetPage({ id }: { readonly id: string }) {
  const [sentAs] = useParam('sent-as');
  const loaded = useLoad(`dataset ${id}`, (signal) => api().getDataset(id, { signal }));
  useTitle(loaded.value?.name ?? '', 'Data sets');
  return (
    <>
      <div className="crumbs">
        <Link href="/datasets">Data sets</Link>
        <span aria-hidden="true">/</span>
        <span className="mono">{id}</span>
      </div>
      <Whole loaded={loaded} height={360}>
        {(dataset) => (
          <>
            <div className="page-head">
              <h1>{dataset.name}</h1>
              <div className="actions">
                <Link className="button primary" href={`/searches/new?dataset=${encodeURIComponent(id)}`}>
                  New search on it
                </Link>
              </div>
            </div>
            {sentAs !== '' && (
              <p className="bound" role="status" style={{ marginBottom: 16 }}>
                The same content was there already, as {dataset.name}: there is none by the name {sentAs}.
              </p>
            )}
            <div className="grid">
              <div className="third stack">
                <Card title="About">
                  <DatasetFacts dataset={dataset} />
                </Card>
                {dataset.classRows !== undefined && <Classes dataset={dataset} />}
              </div>
              <div className="two-thirds">
                <Columns dataset={dataset} />
              </div>
            </div>
          </>
        )}
      </Whole>
    </>
  );
}

/** Rows of each class as bars: a rare class is seen at once. */
function Classes({ dataset }: { readonly dataset: DatasetDetailView }) {
  const rows = dataset.classRows ?? [];
  const most = Math.max(1, ...rows);
  return (
    <Card title="Rows per class">
      <table>
        <tbody>
          {rows.map((count, i) => {
            const name = dataset.classNames?.[i] ?? String(i);
            return (
              <tr key={name}>
                <td>{name}</td>
                <td style={{ width: '60%' }}>
                  <span className="progress" aria-hidden="true">
                    <i className="running" style={{ width: `${(100 * count) / most}%` }} />
                  </span>
                </td>
                <td className="number">{formatCount(count)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Card>
  );
}

function Columns({ dataset }: { readonly dataset: DatasetDetailView }) {
  const { target, columns, others } = dataset.summary;
  const warned = [target, ...columns].filter(({ warnings }) => warnings.length > 0);
  return (
    <Card title="Columns" hint={`${columns.length} features, the target first`}>
      {warned.length > 0 && (
        <ul className="notice" style={{ marginBottom: 12 }}>
          {warned.map(({ name, warnings }) => (
            <li key={name}>
              <code>{name}</code> {warnings.join('; ')}
            </li>
          ))}
        </ul>
      )}
      <Scroll label="Columns of the data set">
        <table>
          <thead>
            <tr>
              <th>Column</th>
              <th>Kind</th>
              <th className="number">Missing</th>
              <th className="number">Distinct</th>
              <th className="number">Min</th>
              <th className="number">Mean</th>
              <th className="number">Max</th>
              <th>Commonest</th>
            </tr>
          </thead>
          <tbody>
            {[target, ...columns].map((column, i) => (
              <ColumnRow key={column.name} column={column} isTarget={i === 0} />
            ))}
          </tbody>
        </table>
      </Scroll>
      {others.length > 0 && (
        <p className="small muted" style={{ marginTop: 10 }}>
          Not trained on: {others.map(({ name, role }) => `${name} (${role})`).join(', ')}
        </p>
      )}
    </Card>
  );
}

function ColumnRow({ column, isTarget }: { readonly column: Column; readonly isTarget: boolean }) {
  const { name, kind, missing, distinct, min, mean, max, values = [] } = column;
  return (
    <tr>
      <td>
        <span className="mono">{name}</span> {isTarget && <span className="muted small">target</span>}
      </td>
      <td className="muted">{kind}</td>
      <td className="number">{missing === 0 ? '–' : formatCount(missing)}</td>
      <td className="number">{distinct === null ? '> 10,000' : formatCount(distinct)}</td>
      <td className="number">{formatNumber(min)}</td>
      <td className="number">{formatNumber(mean)}</td>
      <td className="number">{formatNumber(max)}</td>
      <td className="muted">
        {values
          .slice(0, 3)
          .map(({ value, rows }) => `${value} (${formatCount(rows)})`)
          .join(', ')}
      </td>
    </tr>
  );
}
