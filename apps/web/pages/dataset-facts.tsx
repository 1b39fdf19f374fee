import type { DatasetView } from '@caviar/contracts';
import { formatCount } from '../format/number.js';
import { Pairs } from '../ui/parts.js';

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
      <p className="muted" style={{ marginBottom: 12 }}>
        {description}
      </p>
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
    </>
  );
}
