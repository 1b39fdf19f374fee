import { type FormEvent, useState } from 'react';
import { navigate } from '../app/router.js';
import { api } from '../data/session.js';
import { messageOf } from './states.js';

/** Opens a trial of a search by its number. */
export function TrialJump({ searchId }: { readonly searchId: string }) {
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const go = async (event: FormEvent) => {
    event.preventDefault();
    const number = Number(text);
    try {
      const { items } = await api().trialTable(searchId, { filter: { number: { in: [number] } }, limit: 1 });
      const [trial] = items;
      if (trial === undefined) setError(`There is no trial ${number}`);
      else navigate(`/trials/${trial.id}`);
    } catch (thrown) {
      setError(messageOf(thrown));
    }
  };
  return (
    <form onSubmit={go} className="row" style={{ gap: 4 }}>
      <input
        className="input"
        style={{ width: 128 }}
        type="number"
        min={0}
        step={1}
        required
        placeholder="Trial number"
        aria-label="Number of a trial"
        aria-invalid={error !== null}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setError(null);
        }}
      />
      <button type="submit" className="button">
        Go
      </button>
      {error !== null && (
        <span className="field-error" role="alert">
          {error}
        </span>
      )}
    </form>
  );
}
