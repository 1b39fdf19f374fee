import type { DatasetView } from '@caviar/contracts';
import { formatCount } from '../format/number.js';
import { Pairs } from '../ui/parts.js';

/** What a data set goes by: of those that come with the service that is the id, of others the name that somebody gave. */
export function calledName({ id, name, builtIn }: Pick<DatasetView, 'id' | 'name' | 'builtIn'>): string {
  return builtIn ? id : name;
}

/** What is known of a data set, as a list. */
export function DatasetFacts({ dataset }: { readonly dataset: DatasetView }) {
  const {
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
    testRows,
  } = dataset;
  return (
    <>
      {description !== '' && (
        <p className="muted" style={{ marginBottom: 12 }}>
          {description}
        </p>
      )}
      <Pairs
        items={[
          ['Task', classes === null ? task : `${task}, ${classes} classes`],
          ['Rows', formatCount(rows)],
          ...(testRows === undefined ? [] : ([['Test rows', formatCount(testRows)]] as const)),
          [
            'Features',
            image === null ? formatCount(features) : `${features} (${image.height} × ${image.width} pixels)`,
          ],
          ...(classNames === null ? [] : ([['Classes', classNames.slice(0, 30).join(', ')]] as const)),
          ...(sources === undefined
            ? []
            : ([['Sources', sources.map((one) => `${one.name} (${formatCount(one.rows)})`).join(', ')]] as const)),
          ...(source === '' ? [] : ([['Source', source]] as const)),
          ...(licence === '' ? [] : ([['Licence', licence]] as const)),
          [
            'Checksum',
            <code key="checksum" className="small">
              {checksum.slice(0, 23)}…
            </code>,
          ],
        ]}
      />
    </>
  );
}
