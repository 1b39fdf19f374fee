import type { SearchView, TrialPointsView } from '@caviar/contracts';
import { useCallback, useMemo } from 'react';
import { navigate, useParam } from '../../../app/router.js';
import { Chart } from '../../../charts/chart.js';
import type { Palette } from '../../../charts/palette.js';
import { valuedPoints } from '../../../data/charts.js';
import { constraintsOf, decidingMetrics, objectivesOf } from '../../../data/objectives.js';
import { formatCount } from '../../../format/number.js';
import { Card, Select } from '../../../ui/parts.js';
import { NoResults } from '../no-results.js';
import { type FrontDot, paretoOption } from './pareto-option.js';

/** Two of the objectives against each other: the Pareto front, what it dominates, and what breaks a constraint. */
export function ParetoChart({ search, points }: { readonly search: SearchView; readonly points: TrialPointsView }) {
  const { spec } = search;
  const objectives = objectivesOf(spec);
  const names = objectives.map(({ metric }) => metric);
  const [xName, setX] = useParam('px', names[0]);
  const [yName, setY] = useParam('py', names[1]);
  const x = objectives.find(({ metric }) => metric === xName) ?? objectives[0];
  const y = objectives.find(({ metric }) => metric === yName) ?? objectives[1];
  const dots = useMemo(
    () => (x === undefined || y === undefined ? [] : dotsOf({ spec, points, x: x.metric, y: y.metric })),
    [spec, points, x, y],
  );
  const option = useCallback(
    (palette: Palette) =>
      x === undefined || y === undefined ? {} : paretoOption({ palette, dots, x, y, points, spec }),
    [dots, x, y, points, spec],
  );
  if (x === undefined || y === undefined) return null;
  if (dots.length === 0) {
    return (
      <Card title="Pareto front">
        <NoResults search={search}>
          Each trial becomes a point here when it ends, placed by {names.join(' and ')}.
        </NoResults>
      </Card>
    );
  }
  const front = dots.filter(({ kind }) => kind === 'front').length;
  const broken = dots.filter(({ kind }) => kind === 'broken').length;
  const isSample = points.total > points.number.length;
  const metrics = decidingMetrics(spec);
  const hasBounds = constraintsOf(spec).length > 0;
  return (
    <Chart
      title="Pareto front"
      hint={`${formatCount(front)} on the front${isSample ? `, ${formatCount(dots.length)} of ${formatCount(points.total)} trials drawn` : ''}`}
      height={340}
      option={option}
      summary={`${x.metric} against ${y.metric} of ${formatCount(dots.length)} trials: ${formatCount(front)} on the front, ${formatCount(broken)} break a constraint.`}
      table={() => [
        ['number', 'front', ...(hasBounds ? ['keepsConstraints'] : []), ...metrics],
        ...dots.map(({ number, index, kind }) => [
          number,
          points.front?.[index] ?? null,
          ...(hasBounds ? [kind !== 'broken'] : []),
          ...metrics.map((metric) => points.metrics[metric]?.[index] ?? null),
        ]),
      ]}
      onTrial={(id) => navigate(`/trials/${id}`)}
      actions={
        names.length > 2 && (
          <>
            <Select label="Objective across" value={x.metric} choices={names} onChange={setX} />
            <span className="muted small">×</span>
            <Select label="Objective up" value={y.metric} choices={names} onChange={setY} />
          </>
        )
      }
    />
  );
}

function dotsOf({
  spec,
  points,
  x,
  y,
}: {
  readonly spec: SearchView['spec'];
  readonly points: TrialPointsView;
  readonly x: string;
  readonly y: string;
}): readonly FrontDot[] {
  return valuedPoints(points, spec).flatMap(({ id, number, index, isBroken }) => {
    const [across, up] = [points.metrics[x]?.[index], points.metrics[y]?.[index]];
    if (typeof across !== 'number' || typeof up !== 'number') return [];
    const kind = isBroken ? 'broken' : points.front?.[index] === 1 ? 'front' : 'dominated';
    return [{ id, number, index, x: across, y: up, kind } as const];
  });
}
