import type { SearchView } from '@caviar/contracts';
import { useEffect, useState } from 'react';
import { Link } from '../../app/router.js';
import { useTitle } from '../../app/title.js';
import { CONNECTED, keepSearch, useIsGone, useLiveSearch, useTick } from '../../data/live.js';
import { endedOf } from '../../data/progress.js';
import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { formatCount, formatMetric } from '../../format/number.js';
import { formatDuration, formatTime } from '../../format/time.js';
import { ProgressBar, StatusPill, TrialLink } from '../../ui/parts.js';
import { Empty, Whole } from '../../ui/states.js';
import { TrialJump } from '../../ui/trial-jump.js';
import { SearchActions } from '../searches/search-actions.js';
import { CurvesTab } from './curves-tab.js';
import { DiagnosisTab } from './diagnosis-tab.js';
import { OverviewTab } from './overview-tab.js';
import { ParametersTab } from './parameters-tab.js';
import { PlanTab } from './plan-tab.js';
import { SpecTab } from './spec-tab.js';
import type { TabProps } from './tab-props.js';
import { TrialsTab } from './trials-tab.js';

const TABS = [
  ['overview', 'Overview', OverviewTab],
  ['trials', 'Trials', TrialsTab],
  ['curves', 'Learning curves', CurvesTab],
  ['parameters', 'Parameters', ParametersTab],
  ['plan', 'Plan and workers', PlanTab],
  ['diagnosis', 'Bias and variance', DiagnosisTab],
  ['spec', 'Spec', SpecTab],
] as const;

export function SearchPage({ id, tab }: { readonly id: string; readonly tab: string }) {
  const live = useLiveSearch(id);
  const tick = useTick(id);
  const connected = useTick(CONNECTED);
  const isGone = useIsGone(id);
  const loaded = useLoad(id, (signal) => api().getSearch(id, { signal }), { tick: connected });
  useEffect(() => {
    if (loaded.value !== undefined) keepSearch(loaded.value);
  }, [loaded.value]);
  if (isGone) return <Deleted />;
  return (
    <Whole loaded={live === undefined ? loaded : { ...loaded, value: live }} height={420}>
      {(search) => <Shown search={search} tick={tick} tab={tab} />}
    </Whole>
  );
}

function Deleted() {
  return (
    <Empty title="This search was deleted">
      <p>
        It is gone with all its trials. <Link href="/searches">All searches</Link>
      </p>
    </Empty>
  );
}

function Shown({ search, tick, tab }: TabProps & { readonly tab: string }) {
  const { id, name } = search;
  const [shown, title, Tab] = TABS.find(([key]) => key === tab) ?? TABS[0];
  useTitle(name, shown === 'overview' ? '' : title);
  return (
    <>
      <div className="crumbs">
        <Link href="/searches">Searches</Link>
        <span aria-hidden="true">/</span>
        <span className="mono">{id}</span>
      </div>
      <div className="page-head">
        <h1>{name}</h1>
        <StatusPill status={search.status} />
        <div className="actions">
          <TrialJump searchId={id} />
          <SearchActions search={search} onChange={keepSearch} />
        </div>
      </div>
      <Figures search={search} />
      <nav className="tabs" aria-label="Views of the search" style={{ margin: '16px 0' }}>
        {TABS.map(([key, words]) => (
          <Link
            key={key}
            href={key === 'overview' ? `/searches/${id}` : `/searches/${id}/${key}`}
            aria-current={key === shown ? 'page' : undefined}
          >
            {words}
          </Link>
        ))}
      </nav>
      <Tab search={search} tick={tick} />
    </>
  );
}

function Figures({ search }: { readonly search: SearchView }) {
  const { best, spec, progress, round, reason, status, startedAt } = search;
  const { metric, direction } = spec.objective;
  const ended = endedOf(progress);
  return (
    <dl className="figures">
      <div>
        <dt>
          Best {metric} <span className="hidden-text">({direction})</span>
          {spec.objectives !== undefined && ` of ${spec.objectives.length} objectives`}
        </dt>
        <dd>
          {best === null ? '–' : formatMetric(metric, best.value)}{' '}
          {best !== null && (
            <small>
              trial <TrialLink id={best.trialId} number={best.number} />
            </small>
          )}
        </dd>
      </div>
      <div>
        <dt>Trials</dt>
        <dd>
          {formatCount(ended)} <small>of {formatCount(progress.total)}</small>
          <ProgressBar progress={progress} />
        </dd>
      </div>
      <div>
        <dt>{status === 'running' ? 'Running for' : 'Took'}</dt>
        <dd>
          <Elapsed search={search} /> <small title={formatTime(startedAt)}>{rateOf(search)}</small>
        </dd>
      </div>
      <div>
        <dt>Sampler</dt>
        <dd className="words">
          {spec.sampler.kind}{' '}
          {round !== null && (
            <small>
              round {round.index + 1} of {round.of}
            </small>
          )}
        </dd>
      </div>
      <div>
        <dt>{reason === null ? 'Scheduler' : 'Why it ended'}</dt>
        <dd className="words">
          {reason === null ? (
            spec.scheduler.kind
          ) : (
            <small style={{ display: 'block', lineHeight: 1.35, paddingTop: 4 }}>{reason}</small>
          )}
        </dd>
      </div>
    </dl>
  );
}

function lengthOf({ startedAt, endedAt }: SearchView): number {
  return (endedAt === null ? Date.now() : Date.parse(endedAt)) - Date.parse(startedAt);
}

function rateOf(search: SearchView): string {
  const ended = endedOf(search.progress);
  const seconds = lengthOf(search) / 1000;
  if (ended < 2 || seconds < 1) return '';
  const rate = ended / seconds;
  return rate >= 1 ? `${rate.toFixed(1)} trials/s` : `${(60 * rate).toFixed(1)} trials/min`;
}

/** Counts on while the search runs. */
function Elapsed({ search }: { readonly search: SearchView }) {
  const [, setNow] = useState(0);
  const isRunning = search.status === 'running';
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNow((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return formatDuration(lengthOf(search));
}
