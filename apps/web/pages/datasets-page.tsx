import { useState } from 'react';
import { Link } from '../app/router.js';
import { api } from '../data/session.js';
import { useLoad } from '../data/use-load.js';
import { PlusIcon } from '../ui/icons.js';
import { Card } from '../ui/parts.js';
import { Empty, Whole } from '../ui/states.js';
import { DatasetFacts } from './dataset-facts.js';
import { UploadForm } from './upload-form.js';

/** What there is to train on. */
export function DatasetsPage() {
  const [isOpen, setOpen] = useState(false);
  const loaded = useLoad('datasets', (signal) => api().listDatasets({ limit: 200, signal }));
  return (
    <>
      <div className="page-head">
        <h1>Data sets</h1>
        <div className="actions">
          <button type="button" className="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            <PlusIcon /> Bring your own
          </button>
        </div>
      </div>
      {isOpen && (
        <div style={{ marginBottom: 16 }}>
          <UploadForm onClose={() => setOpen(false)} />
        </div>
      )}
      <Whole loaded={loaded} height={300}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No data sets" />
          ) : (
            <div className="grid">
              {items.map((dataset) => (
                <div key={dataset.id} className="half">
                  <Card
                    title={dataset.name}
                    hint={<code>{dataset.id}</code>}
                    actions={
                      <>
                        <Link className="button tiny" href={`/datasets/${encodeURIComponent(dataset.id)}`}>
                          Columns
                        </Link>
                        <Link className="button tiny" href={`/searches/new?dataset=${encodeURIComponent(dataset.id)}`}>
                          New search on it
                        </Link>
                      </>
                    }
                  >
                    <DatasetFacts dataset={dataset} />
                  </Card>
                </div>
              ))}
            </div>
          )
        }
      </Whole>
    </>
  );
}
