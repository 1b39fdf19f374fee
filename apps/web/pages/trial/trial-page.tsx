import type { TrialView } from '@caviar/contracts';
import { useEffect, useState } from 'react';
import { Link } from '../../app/router.js';
import { useTitle } from '../../app/title.js';
import { keepSearch, useLiveSearch, useTick } from '../../data/live.js';
import { boundsOf, brokenBy, constraintsOf, decidingMetrics } from '../../data/objectives.js';
import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { formatMetric, formatParam } from '../../format/number.js';
import { formatAgo, formatDuration, formatTime } from '../../format/time.js';
import { CopyButton } from '../../ui/copy-button.js';
import { Bound, Card, Pairs, StatusPill } from '../../ui/parts.js';
import { Whole } from '../../ui/states.js';
import { History } from './history.js';
import { PandaPanel } from './panda-panel.js';
import { PredictPanel } from './predict-panel.js';
import { TrialActions } from './trial-actions.js';
import { TrialCurves } from './trial-curves.js';
import { hasNetwork, isOpen, type TrialProps } from './trial-props.js';
import { Why } from './why.js';

/** One trial: how it learned, with what, why it was proposed, why it ended, and what can be done to it while it runs. */
export function TrialPage({ id }: { readonly id: string }) {
  const [searchId, setSearchId] = useState('');
  const tick = useTick(searchId);
  const trial = useLoad(id, (signal) => api().getTrial(id, { signal }), { tick });
  useEffect(() => {
    if (trial.value !== undefined) setSearchId(trial.value.searchId);
  }, [trial.value]);
  return (
    <Whole loaded={trial} height={420}>
      {(value) => <WithSearch trial={value} tick={tick} onChange={trial.reload} />}
    </Whole>
  );
}

interface Changing {
  /** Something was done to the trial. */
  readonly onChange: () => void;
}

function WithSearch({ trial, tick, onChange }: Changing & { readonly trial: TrialView; readonly tick: number }) {
  const { searchId } = trial;
  const live = useLiveSearch(searchId);
  const loaded = useLoad(searchId, (signal) => api().getSearch(searchId, { signal }));
  useEffect(() => {
    if (loaded.value !== undefined) keepSearch(loaded.value);
  }, [loaded.value]);
  return (
    <Whole loaded={live === undefined ? loaded : { ...loaded, value: live }} height={420}>
      {(search) => <Shown trial={trial} search={search} tick={isOpen(trial) ? tick : 0} onChange={onChange} />}
    </Whole>
  );
}

function Shown({ onChange, ...props }: TrialProps & Changing) {
  const { trial, search } = props;
  const { id, number, status } = trial;
  useTitle(`Trial ${number}`, search.name);
  const edits = useLoad(`edits ${id}`, (signal) => api().trialEdits(id, { signal }), { tick: props.tick });
  return (
    <>
      <div className="crumbs">
        <Link href="/searches">Searches</Link>
        <span aria-hidden="true">/</span>
        <Link href={`/searches/${search.id}`}>{search.name}</Link>
        <span aria-hidden="true">/</span>
        <span className="mono">{id}</span>
      </div>
      <div className="page-head">
        <h1>Trial {number}</h1>
        <StatusPill status={status} />
        <div className="actions">
          <Link className="button" href={`/searches/${search.id}/trials?pins=${pinsOf(props)}`}>
            Compare with the best
          </Link>
          <TrialActions trial={trial} isNetwork={search.spec.trainer.kind === 'mlp'} onChange={onChange} />
        </div>
      </div>
      <Figures {...props} />
      <div className="grid" style={{ marginTop: 16 }}>
        <div className="two-thirds stack">
          <TrialCurves {...props} edits={edits.value?.items ?? []} />
        </div>
        <div className="third stack">
          <Card
            title="Parameters"
            actions={<CopyButton text={JSON.stringify(trial.params, null, 2)} what="parameters" />}
          >
            <Pairs
              items={Object.entries(trial.params).map(
                ([name, value]) =>
                  [name, <Changed key={name} name={name} value={value} edits={edits.value?.items ?? []} />] as const,
              )}
            />
          </Card>
          <Why {...props} />
          <PandaPanel {...props} edits={edits.value?.items ?? []} onEdited={edits.reload} />
          {hasNetwork(trial) && search.spec.trainer.kind === 'mlp' && (
            <PredictPanel trialId={id} dataset={search.spec.trainer.dataset} />
          )}
          <History {...props} />
        </div>
      </div>
    </>
  );
}

/** A parameter, and what somebody made of it while the trial ran. */
function Changed({
  name,
  value,
  edits,
}: {
  readonly name: string;
  readonly value: unknown;
  readonly edits: readonly { readonly state: string; readonly params: Readonly<Record<string, unknown>> }[];
}) {
  const now = edits.findLast(({ state, params }) => state === 'applied' && name in params)?.params[name];
  return now === undefined ? (
    <span className="mono" title={exactly(value)}>
      {formatParam(value)}
    </span>
  ) : (
    <span className="mono" title={exactly(now)}>
      <s className="muted">{formatParam(value)}</s> → {formatParam(now)}
    </span>
  );
}

/** All digits: four of them are another value. */
function exactly(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function pinsOf({ trial, search }: TrialProps): string {
  const best = search.best?.number;
  return best === undefined || best === trial.number ? `${trial.number}` : `${trial.number},${best}`;
}

function Figures({ trial, search }: TrialProps) {
  const { metric } = search.spec.objective;
  const { value, metrics, step, durationMs, attempts, endedAt, startedAt } = trial;
  const [, ...others] = decidingMetrics(search.spec);
  const broken = brokenBy(search.spec, (name) => metrics[name]);
  const twin = metric.startsWith('dev.') ? metric.replace('dev.', 'train.') : null;
  return (
    <dl className="figures">
      <div>
        <dt>{metric}</dt>
        <dd>
          <Bound isBroken={broken.includes(metric)}>{formatMetric(metric, value ?? metrics[metric])}</Bound>
        </dd>
      </div>
      {others.map((name) => (
        <div key={name}>
          <dt>
            {name}{' '}
            {constraintsOf(search.spec)
              .filter((constraint) => constraint.metric === name)
              .map(boundsOf)
              .join(', ')}
          </dt>
          <dd>
            <Bound isBroken={broken.includes(name)}>{formatMetric(name, metrics[name])}</Bound>
          </dd>
        </div>
      ))}
      {twin !== null && !others.includes(twin) && typeof metrics[twin] === 'number' && (
        <div>
          <dt>{twin}</dt>
          <dd>{formatMetric(twin, metrics[twin])}</dd>
        </div>
      )}
      <div>
        <dt>Steps</dt>
        <dd>{step}</dd>
      </div>
      <div>
        <dt>Training time</dt>
        <dd>{formatDuration(durationMs)}</dd>
      </div>
      <div>
        <dt>Attempts</dt>
        <dd>{attempts}</dd>
      </div>
      <div>
        <dt>{endedAt === null ? 'Started' : 'Ended'}</dt>
        <dd className="words" title={formatTime(endedAt ?? startedAt)}>
          {startedAt === null ? '–' : formatAgo(endedAt ?? startedAt)}
        </dd>
      </div>
    </dl>
  );
}
