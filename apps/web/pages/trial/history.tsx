import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { formatClock, formatTime } from '../../format/time.js';
import { Card, StatusPill } from '../../ui/parts.js';
import { Whole } from '../../ui/states.js';
import type { TrialProps } from './trial-props.js';

/** Enough of a worker's id to tell it from others. */
function shortId(id: string | null): string {
  return id === null ? '' : id.length > 14 ? `worker …${id.slice(-8)}` : `worker ${id}`;
}

/** What became of it, transition by transition, over all attempts. */
export function History({ trial, tick }: TrialProps) {
  const { id } = trial;
  const loaded = useLoad(`history ${id}`, (signal) => api().trialHistory(id, { signal }), { tick });
  return (
    <Card title="History" hint={trial.attempts > 1 ? `${trial.attempts} attempts` : undefined}>
      <Whole loaded={loaded} height={140}>
        {({ items }) => (
          <ol className="history">
            {items.map(({ at, status, attempt, reason, workerId }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever added at the end
              <li key={i}>
                <time dateTime={at} title={formatTime(at)} className="muted">
                  {formatClock(at)}
                </time>
                <StatusPill status={status} />
                <span className="muted">
                  {[attempt > 1 && status === 'running' ? `attempt ${attempt}` : '', reason ?? '', shortId(workerId)]
                    .filter((text) => text !== '')
                    .join(' · ')}
                </span>
              </li>
            ))}
          </ol>
        )}
      </Whole>
    </Card>
  );
}
