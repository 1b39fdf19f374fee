import { restOf, usePoints } from '../../data/charts.js';
import { useObjective, useSeenPoints, useSeenSearch } from '../../data/objectives.js';
import { api } from '../../data/session.js';
import { useLoad } from '../../data/use-load.js';
import { ObjectiveChoice } from '../../ui/objective-choice.js';
import { Whole } from '../../ui/states.js';
import { HistoryChart } from './charts/history-chart.js';
import { ImportanceChart } from './charts/importance-chart.js';
import { ParetoChart } from './charts/pareto-chart.js';
import { Leaders } from './leaders.js';
import type { TabProps } from './tab-props.js';
import { Verdict } from './verdict.js';

/** The search at a glance: how the best fell, who leads, what matters, what to do next; of several objectives the front first. */
export function OverviewTab({ search, tick }: TabProps) {
  const points = usePoints({ search, tick });
  const [objective] = useObjective(search);
  const seen = useSeenSearch(search, objective);
  const seenPoints = useSeenPoints(points.value, search, objective);
  const best = useLoad(
    `best ${search.id} ${objective.metric}`,
    (signal) => api().bestSoFar(search.id, { objective: objective.metric, signal }),
    { tick, restMs: restOf(search) },
  );
  const isSeveral = search.spec.objectives !== undefined;
  const isBounded = search.spec.constraints !== undefined;
  // A verdict on bias and variance needs errors on train and dev.
  const verdict = search.spec.trainer.kind === 'mlp' && <Verdict search={search} tick={tick} isShort />;
  const importance = <ImportanceChart search={seen} tick={tick} />;
  const isVerdictAbove = verdict !== false && isSeveral;
  return (
    <div className="grid">
      {isSeveral && (
        <div className={isVerdictAbove ? 'two-thirds' : ''}>
          <Whole loaded={points} height={400}>
            {(value) => <ParetoChart search={search} points={value} />}
          </Whole>
        </div>
      )}
      {isVerdictAbove && <div className="third">{verdict}</div>}
      {(isSeveral || isBounded) && (
        <div>
          <ObjectiveChoice search={search} />
        </div>
      )}
      <div className="two-thirds">
        <HistoryChart search={seen} points={{ ...points, value: seenPoints }} best={best} />
      </div>
      <div className="third">{verdict === false || isVerdictAbove ? importance : verdict}</div>
      <div className={verdict === false || isVerdictAbove ? '' : 'two-thirds'}>
        <Leaders search={search} tick={tick} />
      </div>
      {verdict !== false && !isVerdictAbove && <div className="third">{importance}</div>}
    </div>
  );
}
