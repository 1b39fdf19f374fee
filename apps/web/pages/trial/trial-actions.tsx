import type { TrialView } from '@caviar/contracts';
import { useState } from 'react';
import { navigate } from '../../app/router.js';
import { downloadUrl } from '../../charts/download.js';
import { keepSearch } from '../../data/live.js';
import { api } from '../../data/session.js';
import { DownloadIcon, PauseIcon, PlayIcon, StopIcon } from '../../ui/icons.js';
import { Menu } from '../../ui/menu.js';
import { messageOf } from '../../ui/states.js';
import { hasNetwork, isOpen } from './trial-props.js';

/** What can be done to a trial: its network taken home, pause, resume, cancel, and a search around it (section 3.3, from the panda to the caviar). */
export function TrialActions({
  trial,
  isNetwork,
  onChange,
}: {
  readonly trial: TrialView;
  /** It leaves a network that can be taken home. */
  readonly isNetwork: boolean;
  readonly onChange: () => void;
}) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const { id, number, status } = trial;
  const act = (work: () => Promise<unknown>, question?: string) => async () => {
    if (question !== undefined && !window.confirm(question)) return;
    setBusy(true);
    setError(null);
    try {
      await work();
      onChange();
    } catch (thrown) {
      setError(messageOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  const fork = async () => {
    const search = await api().forkTrial(id);
    keepSearch(search);
    navigate(`/searches/${search.id}`);
  };
  const save = async (format: 'safetensors' | 'onnx') => {
    const bytes = await api().getModel(id, { format });
    const url = URL.createObjectURL(new Blob([bytes as BlobPart]));
    downloadUrl(url, `trial-${number}.${format}`);
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  return (
    <>
      {isNetwork && hasNetwork(trial) && (
        <Menu
          className="button"
          button={
            <>
              <DownloadIcon /> Model
            </>
          }
        >
          <button type="button" data-closes disabled={isBusy} onClick={act(() => save('safetensors'))}>
            safetensors
          </button>
          <button type="button" data-closes disabled={isBusy} onClick={act(() => save('onnx'))}>
            ONNX
          </button>
        </Menu>
      )}
      <button
        type="button"
        className="button"
        disabled={isBusy}
        onClick={act(fork, `Start a search in a small space around trial ${number}, as it is now?`)}
      >
        Fork into a search
      </button>
      {status === 'running' && (
        <button type="button" className="button" disabled={isBusy} onClick={act(() => api().pauseTrial(id))}>
          <PauseIcon /> Pause
        </button>
      )}
      {status === 'paused' && (
        <button type="button" className="button" disabled={isBusy} onClick={act(() => api().resumeTrial(id))}>
          <PlayIcon /> Resume
        </button>
      )}
      {isOpen(trial) && (
        <button
          type="button"
          className="button danger"
          disabled={isBusy}
          onClick={act(() => api().cancelTrial(id), `Cancel trial ${number}? A running one stops at its next step.`)}
        >
          <StopIcon /> Cancel
        </button>
      )}
      {error !== null && (
        <span className="field-error" role="alert">
          {error}
        </span>
      )}
    </>
  );
}
