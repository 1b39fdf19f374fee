import type { SearchView } from '@caviar/contracts';
import { useState } from 'react';
import { Link, navigate } from '../../app/router.js';
import { api } from '../../data/session.js';
import { CloseIcon, CopyIcon, PauseIcon, PlayIcon, StopIcon } from '../../ui/icons.js';
import { messageOf } from '../../ui/states.js';

/** What can be done to a search: pause, resume, cancel, duplicate. */
export function SearchActions({
  search,
  onChange,
  isCompact = false,
}: {
  readonly search: SearchView;
  readonly onChange: (search: SearchView) => void;
  readonly isCompact?: boolean;
}) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const { id, name, status } = search;
  const isOpen = status === 'running' || status === 'paused';
  const act = (work: () => Promise<SearchView>) => async () => {
    setBusy(true);
    setError(null);
    try {
      onChange(await work());
    } catch (thrown) {
      setError(messageOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  const cancel = () => {
    if (window.confirm(`End “${name}” for good? Running trials stop at their next step.`)) {
      void act(() => api().cancelSearch(id))();
    }
  };
  const remove = async () => {
    if (!window.confirm(`Delete “${name}” with all its trials? This cannot be undone.`)) return;
    setBusy(true);
    setError(null);
    try {
      await api().deleteSearch(id);
      navigate('/searches');
    } catch (thrown) {
      setError(messageOf(thrown));
      setBusy(false);
    }
  };
  const style = isCompact ? 'button quiet tiny' : 'button';
  return (
    <div className="row" style={{ flexWrap: isCompact ? 'nowrap' : 'wrap', gap: isCompact ? 2 : 8 }}>
      {status === 'running' && (
        <button
          type="button"
          className={style}
          disabled={isBusy}
          onClick={act(() => api().pauseSearch(id))}
          title="Pause"
        >
          <PauseIcon /> <span className={isCompact ? 'hidden-text' : ''}>Pause</span>
        </button>
      )}
      {status === 'paused' && (
        <button
          type="button"
          className={style}
          disabled={isBusy}
          onClick={act(() => api().resumeSearch(id))}
          title="Resume"
        >
          <PlayIcon /> <span className={isCompact ? 'hidden-text' : ''}>Resume</span>
        </button>
      )}
      {isOpen && (
        <button type="button" className={`${style} danger`} disabled={isBusy} onClick={cancel} title="Cancel">
          <StopIcon /> <span className={isCompact ? 'hidden-text' : ''}>Cancel</span>
        </button>
      )}
      <Link className={style} href={`/searches/new?from=${id}`} title="Duplicate">
        <CopyIcon /> <span className={isCompact ? 'hidden-text' : ''}>Duplicate</span>
      </Link>
      {!isCompact && status !== 'running' && (
        <button type="button" className="button danger" disabled={isBusy} onClick={remove}>
          <CloseIcon /> Delete
        </button>
      )}
      {error !== null && (
        <span className="field-error" role="alert">
          {error}
        </span>
      )}
    </div>
  );
}
