import { usePoints, valuedPoints } from '../../data/charts.js';
import { useObjective, useSeenPoints, useSeenSearch } from '../../data/objectives.js';
import { ObjectiveChoice } from '../../ui/objective-choice.js';
import { Card } from '../../ui/parts.js';
import { Whole } from '../../ui/states.js';
import { ContourChart } from './charts/contour-chart.js';
import { ImportanceChart } from './charts/importance-chart.js';
import { ParallelChart } from './charts/parallel-chart.js';
import { SliceChart } from './charts/slice-chart.js';
import { NoResults } from './no-results.js';
import type { TabProps } from './tab-props.js';

/** What the parameters do: together, alone, in pairs, and how much. */
export function ParametersTab({ search: whole, tick }: TabProps) {
  const points = usePoints({ search: whole, tick });
  const [objective] = useObjective(whole);
  const search = useSeenSearch(whole, objective);
  const hasPairs = Object.keys(search.spec.space).length > 1;
  const columns = useSeenPoints(points.value, whole, objective);
  return (
    <Whole loaded={{ ...points, value: columns }} height={420}>
      {(drawn) =>
        valuedPoints(drawn, search.spec).length === 0 ? (
          <Card title="Parameters">
            <NoResults search={search}>As soon as trials end, their parameters and values are drawn here.</NoResults>
          </Card>
        ) : (
          <div className="grid">
            {(whole.spec.objectives !== undefined || whole.spec.constraints !== undefined) && (
              <div>
                <ObjectiveChoice search={whole} />
              </div>
            )}
            <div>
              <ParallelChart search={search} points={drawn} />
            </div>
            <div className={hasPairs ? 'half' : ''}>
              <SliceChart search={search} points={drawn} />
            </div>
            {hasPairs && (
              <div className="half">
                <ContourChart search={search} points={drawn} />
              </div>
            )}
            <div>
              <ImportanceChart search={search} tick={tick} hasPairs />
            </div>
          </div>
        )
      }
    </Whole>
  );
}
