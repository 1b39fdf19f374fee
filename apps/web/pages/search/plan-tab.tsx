import { restOf, usePoints } from '../../data/charts.js';
import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { Card } from '../../ui/parts.js';
import { Empty, Whole } from '../../ui/states.js';
import { RoundMap } from './charts/round-map.js';
import { RungChart } from './charts/rung-chart.js';
import { TimelineChart } from './charts/timeline-chart.js';
import type { TabProps } from './tab-props.js';

/** How the search goes about it: rounds of coarse-to-fine, rungs of the scheduler, and who trained what when. */
export function PlanTab({ search, tick }: TabProps) {
  const { id, rounds, spec } = search;
  const points = usePoints({ search, tick });
  const restMs = restOf(search);
  const rungs = useLoad(`rungs ${id}`, (signal) => api().searchRungs(id, { signal }), { tick, restMs });
  const timeline = useLoad(`timeline ${id}`, (signal) => api().searchTimeline(id, { limit: 1000, signal }), {
    tick,
    restMs,
  });
  const hasRungs = spec.scheduler.kind !== 'fifo';
  return (
    <div className="grid">
      {rounds.length > 0 && (
        <>
          <div className="two-thirds">
            <Whole loaded={points} height={420}>
              {(columns) => <RoundMap search={search} points={columns} />}
            </Whole>
          </div>
          <div className="third">
            <Card title="Rounds" hint="each within the one before">
              <ol className="recipe">
                {rounds.map(({ index, firstNumber, endNumber, reason }) => (
                  <li key={index}>
                    <span>
                      Trials {firstNumber} to {endNumber - 1}
                      <br />
                      <span className="muted small">{reason}</span>
                    </span>
                  </li>
                ))}
              </ol>
            </Card>
          </div>
        </>
      )}
      {hasRungs && (
        <div>
          <Whole loaded={rungs} height={320}>
            {({ items }) =>
              items.length === 0 ? (
                <Card title="Rungs">
                  <Empty title="No trial has come to a rung yet" />
                </Card>
              ) : (
                <RungChart search={search} rungs={items} />
              )
            }
          </Whole>
        </div>
      )}
      <div>
        <Whole loaded={timeline} height={260}>
          {({ items }) =>
            items.length === 0 ? (
              <Card title="Timeline of workers">
                <Empty title="Nothing is known of who trained what">
                  <p>Events are kept for a while only; or no trial has been started yet.</p>
                </Empty>
              </Card>
            ) : (
              <TimelineChart stretches={items} isRunning={search.status === 'running'} />
            )
          }
        </Whole>
      </div>
    </div>
  );
}
