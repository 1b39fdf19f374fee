import { type FormEvent, useState } from 'react';
import { signIn } from '../data/session.js';

/** Asks for an API key. It is kept in this tab alone, and sent to this service alone. */
export function KeyGate({ isWrong, onKey }: { readonly isWrong: boolean; readonly onKey: () => void }) {
  const [key, setKey] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() === '') return;
    signIn(key.trim());
    onKey();
  };
  return (
    <main>
      <div className="card gate">
        <h1>Caviar</h1>
        <p className="muted">This service asks for an API key. It is kept until this tab is closed.</p>
        <form onSubmit={submit}>
          <label className="field">
            <span>API key</span>
            <input
              className="input"
              type="password"
              autoComplete="off"
              value={key}
              aria-invalid={isWrong}
              onChange={(event) => setKey(event.target.value)}
            />
          </label>
          {isWrong && (
            <p className="field-error" role="alert">
              The service does not know this key, or it was revoked.
            </p>
          )}
          <button type="submit" className="button primary">
            Open
          </button>
        </form>
      </div>
    </main>
  );
}
