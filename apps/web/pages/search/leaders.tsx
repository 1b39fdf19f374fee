import { Link } from '../../app/router.js';
import { brokenBy, decidingMetrics } from '../../data/objectives.js';
import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { formatMetric, formatParam } from '../../format/number.js';
import { Bound, Card, StatusPill, TrialLink } from '../../ui/parts.js';
import { Scroll } from '../../ui/scroll.js';
import { Whole } from '../../ui/states.js';
import { NoResults } from './no-results.js';
import type { TabProps } from './tab-props.js';

const TOP = 10;

/** The first of the leaderboard, with all that decides their place; of several objectives with their fronts. */
export function Leaders({ search, tick }: TabProps) {
  const { id, spec } = search;
  const isSeveral = spec.objectives !== undefined;
  const board = useLoad(
    `leaders ${id}`,
    async (signal) => (await api().leaderboard(id, { limit: TOP, signal }))?.board.entries ?? [],
    { tick },
  );
  const metrics = decidingMetrics(spec);
  const names = Object.keys(spec.space);
  return (
    <Card
      title="Leaderboard"
      hint={isSeveral ? 'front by front' : `the ${TOP} best`}
      actions={<Link href={`/searches/${id}/trials`}>All trials</Link>}
    >
      <Whole loaded={board} height={300}>
        {(entries) =>
          entries.length === 0 ? (
            <NoResults search={search}>The first appear here as soon as they are there.</NoResults>
          ) : (
            <Scroll label="Leaderboard">
              <table>
                <thead>
                  <tr>
                    <th className="number">{isSeveral ? 'Front' : '#'}</th>
                    <th>Trial</th>
                    {metrics.map((metric) => (
                      <th key={metric} className="number" title={metric}>
                        {metric}
                      </th>
                    ))}
                    <th>Status</th>
                    {names.map((name) => (
                      <th key={name} className="number" title={name}>
                        {name}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {entries.map((entry) => {
                    const valueIn = (metric: string) =>
                      metric === spec.objective.metric ? entry.value : entry.metrics[metric];
                    const broken = brokenBy(spec, valueIn);
                    return (
                      <tr key={entry.trialId}>
                        <td className="number muted">{entry.rank}</td>
                        <td>
                          <TrialLink id={entry.trialId} number={entry.number} />
                        </td>
                        {metrics.map((metric) => (
                          <td key={metric} className="number">
                            <Bound isBroken={broken.includes(metric)}>
                              <strong>{formatMetric(metric, valueIn(metric))}</strong>
                            </Bound>
                          </td>
                        ))}
                        <td>
                          <StatusPill status={entry.status} />
                        </td>
                        {names.map((name) => (
                          <td key={name} className="number" title={formatParam(entry.params[name])}>
                            {formatParam(entry.params[name])}
                          </td>
                        ))}
                      </tr>
                    );
                  })}
                </tbody>
              </table>
            </Scroll>
          )
        }
      </Whole>
    </Card>
  );
}
