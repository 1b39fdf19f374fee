import type { TrainerView, TrialEditsView } from '@caviar/contracts';
import { type FormEvent, useState } from 'react';
import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { formatParam } from '../../format/number.js';
import { formatAgo } from '../../format/time.js';
import { Card } from '../../ui/parts.js';
import { messageOf } from '../../ui/states.js';
import { RewindForm } from './rewind-form.js';
import type { TrialProps } from './trial-props.js';

type Edits = TrialEditsView['items'];
type Parameter = TrainerView['parameters'][number];

/** The panda of section 3.3: what may be changed while the trial trains, and the log of what was. */
export function PandaPanel({
  trial,
  search,
  edits,
  onEdited,
}: TrialProps & { readonly edits: Edits; readonly onEdited: () => void }) {
  const { kind } = search.spec.trainer;
  const trainers = useLoad('trainers', (signal) => api().listTrainers({ limit: 200, signal }));
  const trainer = trainers.value?.items.find((one) => one.kind === kind);
  const changeable = trainer?.parameters.filter((parameter) => parameter.changeable === true) ?? [];
  const isRunning = trial.status === 'running' || trial.status === 'paused';
  if (!isRunning && edits.length === 0) return null;
  return (
    <Card title="Panda" hint="change it while it trains">
      {isRunning && changeable.length > 0 && (
        <Form key={trial.id} trial={trial} search={search} edits={edits} parameters={changeable} onEdited={onEdited} />
      )}
      {isRunning && trial.step > 0 && <RewindForm trial={trial} onDone={onEdited} />}
      <Log edits={edits} />
    </Card>
  );
}

function Form({
  trial,
  search,
  edits,
  parameters,
  onEdited,
}: Pick<TrialProps, 'trial' | 'search'> & {
  readonly edits: Edits;
  readonly parameters: readonly Parameter[];
  readonly onEdited: () => void;
}) {
  const [name, setName] = useState(
    (parameters.find((one) => one.name === 'learningRate') ?? parameters[0])?.name ?? '',
  );
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const parameter = parameters.find((one) => one.name === name);
  const given = { ...search.spec.trainer.params, ...trial.params } as Readonly<Record<string, unknown>>;
  const now =
    edits.findLast(({ state, params }) => state === 'applied' && name in params)?.params[name] ??
    given[name] ??
    parameter?.default;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await api().editTrial(trial.id, { [name]: readValue(text, parameter) });
      setError(null);
      setText('');
      onEdited();
    } catch (thrown) {
      setError(messageOf(thrown));
    }
  };
  return (
    <form onSubmit={submit} className="stack" style={{ gap: 10 }}>
      <div className="form-grid" style={{ gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)' }}>
        <label className="field">
          <span>Parameter</span>
          <select className="select" value={name} onChange={({ target }) => setName(target.value)}>
            {parameters.map((one) => (
              <option key={one.name}>{one.name}</option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>New value (now {formatParam(now)})</span>
          <input
            className="input"
            value={text}
            aria-invalid={error !== null}
            placeholder={formatParam(now)}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
      </div>
      {parameter !== undefined && <p className="small muted">{parameter.description}</p>}
      {error !== null && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      <div className="row">
        <button type="submit" className="button primary" disabled={text.trim() === ''}>
          Change from the next step on
        </button>
      </div>
    </form>
  );
}

function readValue(text: string, parameter: Parameter | undefined): never {
  const trimmed = text.trim();
  if (parameter?.kind === 'choice' && parameter.choices?.includes(trimmed) === true) return trimmed as never;
  try {
    return JSON.parse(trimmed) as never;
  } catch {
    return trimmed as never;
  }
}

function Log({ edits }: { readonly edits: Edits }) {
  if (edits.length === 0) return null;
  return (
    <ol className="history" style={{ marginTop: 12 }}>
      {edits.toReversed().map(({ number, kind, state, step, params, previous, by, reason, requestedAt }) => (
        <li key={number}>
          <span className="muted">{step === null ? '–' : `step ${step}`}</span>
          <span>{state}</span>
          <span>
            {kind === 'rewind'
              ? 'went back'
              : Object.entries(params)
                  .map(([name, value]) => `${name} ${formatParam(previous[name])} → ${formatParam(value)}`)
                  .join(', ')}{' '}
            <span className="muted">
              {by}, {formatAgo(requestedAt)}
              {reason === null ? '' : ` · ${reason}`}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}
