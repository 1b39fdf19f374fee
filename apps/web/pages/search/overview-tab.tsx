import { Link } from '../../app/router.js';
import { usePoints } from '../../data/charts.js';
import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { formatMetric, formatParam } from '../../format/number.js';
import { Card, StatusPill, TrialLink } from '../../ui/parts.js';
import { Empty, Whole } from '../../ui/states.js';
import { HistoryChart } from './charts/history-chart.js';
import { ImportanceChart } from './charts/importance-chart.js';
import type { TabProps } from './tab-props.js';
import { Verdict } from './verdict.js';

const TOP = 10;

/** The search at a glance: how the best fell, who leads, what matters, what to do next. */
export function OverviewTab({ search, tick }: TabProps) {
  const points = usePoints({ search, tick });
  const best = useLoad(`best ${search.id}`, (signal) => api().bestSoFar(search.id, { signal }), { tick });
  return (
    <div className="grid">
      <div className="two-thirds">
        <HistoryChart search={search} points={points} best={best} />
      </div>
      <div className="third">
        <Verdict search={search} tick={tick} isShort />
      </div>
      <div className="two-thirds">
        <Leaders search={search} tick={tick} />
      </div>
      <div className="third">
        <ImportanceChart search={search} tick={tick} />
      </div>
    </div>
  );
}

function Leaders({ search, tick }: TabProps) {
  const { id, spec } = search;
  const { metric } = spec.objective;
  const board = useLoad(`leaders ${id}`, (signal) => api().trialTable(id, { limit: TOP, signal }), { tick });
  const names = Object.keys(spec.space);
  return (
    <Card
      title="Leaderboard"
      hint={`the ${TOP} best`}
      actions={<Link href={`/searches/${id}/trials`}>All trials</Link>}
    >
      <Whole loaded={board} height={300}>
        {({ items }) => {
          const shown = items.filter(({ value }) => value !== null);
          if (shown.length === 0) {
            return (
              <Empty title="No trial has ended yet">
                <p>The first results appear here as soon as they are there.</p>
              </Empty>
            );
          }
          return (
            <div className="table-scroll">
              <table>
                <thead>
                  <tr>
                    <th className="number">#</th>
                    <th>Trial</th>
                    <th className="number">{metric}</th>
                    <th>Status</th>
                    {names.map((name) => (
                      <th key={name} className="number">
                        {name}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {shown.map((trial, i) => (
                    <tr key={trial.id}>
                      <td className="number muted">{i + 1}</td>
                      <td>
                        <TrialLink id={trial.id} number={trial.number} />
                      </td>
                      <td className="number">
                        <strong>{formatMetric(metric, trial.value)}</strong>
                      </td>
                      <td>
                        <StatusPill status={trial.status} />
                      </td>
                      {names.map((name) => (
                        <td key={name} className="number">
                          {formatParam(trial.params[name])}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </Whole>
    </Card>
  );
}
