import type { DatasetMetaBody } from '@caviar/contracts';
import { type FormEvent, useState } from 'react';
import { navigate } from '../app/router.js';
import { api } from '../data/session.js';
import { Card } from '../ui/parts.js';
import { messageOf } from '../ui/states.js';

type Format = DatasetMetaBody['format'];

const FORMATS: readonly Format[] = ['csv', 'parquet', 'arrow', 'npz', 'npy', 'idx'];

/** Brings a data set: the format is told by the name of the file, everything else can be left to be found out. */
export function UploadForm({ onClose }: { readonly onClose: () => void }) {
  const [format, setFormat] = useState<Format>('csv');
  const [name, setName] = useState('');
  const [proposed, setProposed] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isPair = format === 'npy' || format === 'idx';
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const given = (name: string) => (text(name) === '' ? {} : { [name]: text(name) });
    setBusy(true);
    setError(null);
    try {
      const meta = { name: text('name'), format, ...given('target'), ...given('task') } as DatasetMetaBody;
      const parts = isPair ? ['features', 'labels'] : ['file'];
      const files = Object.fromEntries(parts.map((part) => [part, form.get(part) as Blob]));
      const { id, name: kept } = await api().createDataset(meta, files);
      const note = kept === meta.name ? '' : `?sent-as=${encodeURIComponent(meta.name)}`;
      navigate(`/datasets/${encodeURIComponent(id)}${note}`);
    } catch (thrown) {
      setError(messageOf(thrown));
      setBusy(false);
    }
  };
  return (
    <Card title="Bring a data set" hint="CSV, Parquet, Arrow, NPY, NPZ or IDX, gzipped or not">
      <form onSubmit={submit} className="stack" style={{ gap: 12 }}>
        <div className="form-grid">
          {isPair ? (
            <>
              <FileField name="features" label="Features" />
              <FileField name="labels" label="Labels" />
            </>
          ) : (
            <FileField
              name="file"
              label="File"
              onName={(file) => {
                setFormat(formatOf(file) ?? format);
                if (name === '' || name === proposed) setName(nameOf(file));
                setProposed(nameOf(file));
              }}
            />
          )}
          <label className="field">
            <span>Format</span>
            <select className="select" value={format} onChange={({ target }) => setFormat(target.value as Format)}>
              {FORMATS.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
          <label className="field">
            <span>Name</span>
            <input
              className="input"
              name="name"
              required
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          </label>
          <label className="field">
            <span>Target column</span>
            <input className="input" name="target" placeholder="the last" />
          </label>
          <label className="field">
            <span>Task</span>
            <select className="select" name="task" defaultValue="">
              <option value="">found out</option>
              <option>classification</option>
              <option>regression</option>
            </select>
          </label>
        </div>
        {error !== null && (
          <p className="field-error" role="alert">
            {error}
          </p>
        )}
        <div className="row">
          <button type="submit" className="button primary" disabled={isBusy}>
            {isBusy ? 'Reading …' : 'Upload'}
          </button>
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
        </div>
      </form>
    </Card>
  );
}

function FileField({
  name,
  label,
  onName,
}: {
  readonly name: string;
  readonly label: string;
  readonly onName?: (name: string) => void;
}) {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        className="small"
        type="file"
        name={name}
        required
        onChange={({ target }) => onName?.(target.files?.[0]?.name ?? '')}
      />
    </label>
  );
}

/** A file's name without its folder and endings. */
function nameOf(file: string): string {
  return file.replace(/(\.gz)?$/i, '').replace(/\.\w+$/, '');
}

function formatOf(name: string): Format | undefined {
  const [, ending] = /\.(\w+)(\.gz)?$/.exec(name.toLowerCase()) ?? [];
  const known: Readonly<Record<string, Format>> = {
    feather: 'arrow',
    tsv: 'csv',
    txt: 'csv',
    idx3: 'idx',
    idx1: 'idx',
  };
  return FORMATS.find((format) => format === ending) ?? known[ending ?? ''];
}
