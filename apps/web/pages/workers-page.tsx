import type { WorkerView } from '@caviar/contracts';
import { useState } from 'react';
import { Link } from '../app/router.js';
import { useTick, WORKERS } from '../data/live.js';
import { api } from '../data/session.js';
import { useLoad } from '../data/use-load.js';
import { formatAgo, formatTime, formatUntil } from '../format/time.js';
import { Card, StatusPill } from '../ui/parts.js';
import { Scroll } from '../ui/scroll.js';
import { Empty, messageOf, Whole } from '../ui/states.js';

/** Who trains, on what, and which trials just now. */
export function WorkersPage() {
  const tick = useTick(WORKERS);
  const loaded = useLoad('workers', (signal) => api().listWorkers({ limit: 200, signal }), { tick });
  return (
    <>
      <div className="page-head">
        <h1>Workers</h1>
      </div>
      <Whole loaded={loaded} height={300}>
        {({ items }) => {
          const active = items.filter(({ status }) => status === 'active');
          const busy = active.reduce((sum, { trials }) => sum + trials.length, 0);
          const slots = active.reduce((sum, { concurrency }) => sum + concurrency, 0);
          return (
            <div className="stack">
              <dl className="figures">
                <div>
                  <dt>Active</dt>
                  <dd>{active.length}</dd>
                </div>
                <div>
                  <dt>Training now</dt>
                  <dd>
                    {busy} <small>of {slots} slots</small>
                  </dd>
                </div>
                <div>
                  <dt>In quarantine</dt>
                  <dd>
                    {new Set(active.filter(({ quarantine }) => quarantine !== null).map(({ host }) => host)).size}{' '}
                    <small>machines</small>
                  </dd>
                </div>
                <div>
                  <dt>Lost in the last day</dt>
                  <dd>{items.filter(({ status }) => status === 'lost').length}</dd>
                </div>
              </dl>
              <Quarantines workers={active} onChange={loaded.reload} />
              <div className="card">
                {items.length === 0 ? (
                  <Empty title="No workers">
                    <p>Start some with npm start, or containers of the worker image: trials wait until one comes.</p>
                  </Empty>
                ) : (
                  <Table workers={items} />
                )}
              </div>
            </div>
          );
        }}
      </Whole>
    </>
  );
}

/** Machines that get no trials for a while, why and until when, and the way to let them work at once. */
function Quarantines({
  workers,
  onChange,
}: {
  readonly workers: readonly WorkerView[];
  readonly onChange: () => void;
}) {
  const [error, setError] = useState<string | null>(null);
  const held = new Map(workers.filter(({ quarantine }) => quarantine !== null).map((worker) => [worker.host, worker]));
  const lift = async (id: string) => {
    setError(null);
    try {
      await api().releaseWorker(id);
      onChange();
    } catch (thrown) {
      setError(messageOf(thrown));
    }
  };
  if (held.size === 0) return null;
  return (
    <Card title="Quarantine" hint="these machines get no trials until their time is over">
      <Scroll label="Machines in quarantine">
        <table>
          <thead>
            <tr>
              <th>Machine</th>
              <th>Why</th>
              <th>Until</th>
              <th>
                <span className="hidden-text">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {[...held].map(([host, { id, quarantine }]) => (
              <tr key={host}>
                <td>{host}</td>
                <td style={{ whiteSpace: 'normal' }}>{quarantine?.reason}</td>
                <td>
                  {formatTime(quarantine?.until)} <span className="muted small">{formatUntil(quarantine?.until)}</span>
                </td>
                <td className="number">
                  <button type="button" className="button tiny" onClick={() => lift(id)}>
                    Let it work now
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {error !== null && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </Card>
  );
}

function Table({ workers }: { readonly workers: readonly WorkerView[] }) {
  return (
    <Scroll label="Workers">
      <table>
        <thead>
          <tr>
            <th>Worker</th>
            <th>Status</th>
            <th>Host</th>
            <th className="number">Process</th>
            <th>Runs on</th>
            <th>Trials</th>
            <th>Started</th>
            <th>Last seen</th>
          </tr>
        </thead>
        <tbody>
          {workers.map(({ id, status, host, pid, runtime, trials, startedAt, lastSeenAt, quarantine }) => (
            <tr key={id}>
              <td className="mono">{id}</td>
              <td>
                <StatusPill status={quarantine === null || status !== 'active' ? status : 'quarantined'} />
              </td>
              <td>{host}</td>
              <td className="number">{pid}</td>
              <td className="muted">{runtimeOf(runtime)}</td>
              <td>
                {trials.length === 0 ? (
                  <span className="muted">idle</span>
                ) : (
                  trials.map(({ trialId, number, step }) => (
                    <span key={trialId} style={{ marginRight: 10 }}>
                      <Link href={`/trials/${trialId}`}>#{number}</Link>{' '}
                      <span className="muted small">step {step}</span>
                    </span>
                  ))
                )}
              </td>
              <td title={formatTime(startedAt)}>{formatAgo(startedAt)}</td>
              <td title={formatTime(lastSeenAt)}>{formatAgo(lastSeenAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function runtimeOf(runtime: WorkerView['runtime']): string {
  const { node, platform, arch, engine } = runtime;
  const known = [node === undefined ? '' : `Node ${node}`, platform, arch, engine];
  return known.filter((part) => part !== undefined && part !== '').join(' · ');
}
