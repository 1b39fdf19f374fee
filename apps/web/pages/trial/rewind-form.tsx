import type { TrialView } from '@caviar/contracts';
import { type FormEvent, useState } from 'react';
import { api } from '../../data/session.js';
import { messageOf } from '../../ui/states.js';

/** Takes a trial back to a step that it has measured; from there it goes on. */
export function RewindForm({ trial, onDone }: { readonly trial: TrialView; readonly onDone: () => void }) {
  const [step, setStep] = useState('');
  const [error, setError] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await api().rewindTrial(trial.id, Number(step));
      setError(null);
      setStep('');
      onDone();
    } catch (thrown) {
      setError(messageOf(thrown));
    }
  };
  return (
    <form onSubmit={submit} className="row" style={{ marginTop: 12, alignItems: 'flex-end' }}>
      <label className="field" style={{ width: 130 }}>
        <span>Back to step</span>
        <input
          className="input"
          type="number"
          min={0}
          max={Math.max(0, trial.step - 1)}
          value={step}
          aria-invalid={error !== null}
          onChange={({ target }) => setStep(target.value)}
        />
      </label>
      <button type="submit" className="button" disabled={step === ''}>
        Rewind
      </button>
      {error !== null && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </form>
  );
}
