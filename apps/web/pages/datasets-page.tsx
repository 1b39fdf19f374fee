import type { DatasetView } from '@caviar/contracts';
import { Link } from '../app/router.js';
import { api } from '../data/session.js';
import { useLoad } from '../data/use-load.js';
import { formatCount } from '../format/number.js';
import { Card, Pairs } from '../ui/parts.js';
import { Empty, Whole } from '../ui/states.js';

/** What there is to train on. */
export function DatasetsPage() {
  const loaded = useLoad('datasets', (signal) => api().listDatasets({ limit: 200, signal }));
  return (
    <>
      <div className="page-head">
        <h1>Data sets</h1>
      </div>
      <Whole loaded={loaded} height={300}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No data sets" />
          ) : (
            <div className="grid">
              {items.map((dataset) => (
                <div key={dataset.id} className="half">
                  <Dataset dataset={dataset} />
                </div>
              ))}
            </div>
          )
        }
      </Whole>
    </>
  );
}

function Dataset({ dataset }: { readonly dataset: DatasetView }) {
  const {
    id,
    name,
    description,
    task,
    rows,
    features,
    classes,
    classNames,
    image,
    source,
    licence,
    checksum,
    sources,
  } = dataset;
  return (
    <Card
      title={name}
      hint={<code>{id}</code>}
      actions={
        <Link className="button tiny" href={`/searches/new?dataset=${encodeURIComponent(id)}`}>
          New search on it
        </Link>
      }
    >
      <p className="muted" style={{ marginBottom: 12 }}>
        {description}
      </p>
      <Pairs
        items={[
          ['Task', classes === null ? task : `${task}, ${classes} classes`],
          ['Rows', formatCount(rows)],
          [
            'Features',
            image === null ? formatCount(features) : `${features} (${image.height} × ${image.width} pixels)`,
          ],
          ...(classNames === null ? [] : ([['Classes', classNames.join(', ')]] as const)),
          ...(sources === undefined
            ? []
            : ([['Sources', sources.map((one) => `${one.name} (${formatCount(one.rows)})`).join(', ')]] as const)),
          ['Source', source],
          ['Licence', licence],
          [
            'Checksum',
            <code key="checksum" className="small">
              {checksum.slice(0, 23)}…
            </code>,
          ],
        ]}
      />
    </Card>
  );
}
