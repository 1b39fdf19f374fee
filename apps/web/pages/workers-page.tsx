import type { WorkerView } from '@caviar/contracts';
import { Link } from '../app/router.js';
import { useTick, WORKERS } from '../data/live.js';
import { api } from '../data/session.js';
import { useLoad } from '../data/use-load.js';
import { formatAgo, formatTime } from '../format/time.js';
import { StatusPill } from '../ui/parts.js';
import { Empty, Whole } from '../ui/states.js';

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
                  <dt>Lost in the last day</dt>
                  <dd>{items.filter(({ status }) => status === 'lost').length}</dd>
                </div>
              </dl>
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

function Table({ workers }: { readonly workers: readonly WorkerView[] }) {
  return (
    <div className="table-scroll">
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
          {workers.map(({ id, status, host, pid, runtime, trials, startedAt, lastSeenAt }) => (
            <tr key={id}>
              <td className="mono">{id}</td>
              <td>
                <StatusPill status={status} />
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
    </div>
  );
}

function runtimeOf(runtime: WorkerView['runtime']): string {
  const { node, platform, arch, engine } = runtime;
  const known = [node === undefined ? '' : `Node ${node}`, platform, arch, engine];
  return known.filter((part) => part !== undefined && part !== '').join(' · ');
}
