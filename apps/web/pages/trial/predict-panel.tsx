import type { PredictBody, PredictionsView } from '@caviar/contracts';
import { type FormEvent, useState } from 'react';
import { Link } from '../../app/router.js';
import { api } from '../../data/session.js';
import { formatNumber } from '../../format/number.js';
import { Card } from '../../ui/parts.js';
import { messageOf } from '../../ui/states.js';
import { readRows } from './read-rows.js';

/** Asks the network of a trial about a few rows: pasted as lines of a table, or as JSON. */
export function PredictPanel({ trialId, dataset }: { readonly trialId: string; readonly dataset: string }) {
  const [text, setText] = useState('');
  const [answer, setAnswer] = useState<PredictionsView['predictions'] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const ask = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    setAnswer(null);
    try {
      const { predictions } = await api().predict(trialId, readRows(text) as PredictBody['rows']);
      setAnswer(predictions);
    } catch (thrown) {
      setError(messageOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title="Predict" hint="what this network says of a few rows">
      <form onSubmit={ask} className="stack" style={{ gap: 10 }}>
        <label className="field">
          <span>
            Rows, one a line, their values separated by commas in the order of the columns; or a list as JSON, also by
            name
          </span>
          <textarea
            className="code"
            style={{ minHeight: 84 }}
            rows={3}
            spellCheck={false}
            value={text}
            aria-invalid={error !== null}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
        {error !== null && (
          <p className="field-error" role="alert">
            {error}
          </p>
        )}
        <div className="row">
          <button type="submit" className="button" disabled={isBusy || text.trim() === ''}>
            {isBusy ? 'Asking …' : 'Predict'}
          </button>
          <Link className="small" href={`/datasets/${encodeURIComponent(dataset)}`}>
            Columns of {dataset}
          </Link>
        </div>
      </form>
      {answer !== null && <Answer predictions={answer} />}
    </Card>
  );
}

function Answer({ predictions }: { readonly predictions: PredictionsView['predictions'] }) {
  return (
    <table aria-label="Predictions" style={{ marginTop: 12 }}>
      <thead>
        <tr>
          <th className="number">Row</th>
          <th>Prediction</th>
          <th className="number">Probability</th>
        </tr>
      </thead>
      <tbody>
        {predictions.map((prediction, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the answers of one question, in its order
          <tr key={i}>
            <td className="number muted">{i + 1}</td>
            <td>
              <strong>{'label' in prediction ? prediction.label : formatNumber(prediction.value, 6)}</strong>
            </td>
            <td className="number">
              {'label' in prediction
                ? `${(100 * (prediction.probabilities[prediction.label] ?? 0)).toFixed(1)} %`
                : '–'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
