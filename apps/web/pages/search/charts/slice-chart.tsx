import type { SearchView, TrialPointsView } from '@caviar/contracts';
import { useCallback, useMemo } from 'react';
import { navigate, useParam } from '../../../app/router.js';
import { Chart } from '../../../charts/chart.js';
import { axis, BASE, GRID, hollow, isWide, logBounds, parameterAxis, tooltip } from '../../../charts/option.js';
import type { Palette } from '../../../charts/palette.js';
import { type SpaceAxis, spaceAxes } from '../../../charts/space-axis.js';
import { type Point, valuedPoints } from '../../../data/charts.js';
import { constraintsOf } from '../../../data/objectives.js';
import { formatMetric, formatParam, formatTick } from '../../../format/number.js';
import { Select } from '../../../ui/parts.js';

interface Placed extends Point {
  readonly place: number;
  readonly given: unknown;
}

/** One parameter against the objective; later trials are darker. */
export function SliceChart({ search, points }: { readonly search: SearchView; readonly points: TrialPointsView }) {
  const { spec } = search;
  const { objective, space } = spec;
  const axes = useMemo(() => spaceAxes(space), [space]);
  const [name, setName] = useParam('slice', axes[0]?.name ?? '');
  const chosen = axes.find((one) => one.name === name) ?? axes[0];
  const placed = useMemo(
    () => (chosen === undefined ? [] : place({ spec, points, axis: chosen })),
    [spec, points, chosen],
  );
  const option = useCallback(
    (palette: Palette) => (chosen === undefined ? {} : sliceOption({ palette, placed, chosen, objective })),
    [placed, chosen, objective],
  );
  return (
    <Chart
      title="Slice"
      hint={
        constraintsOf(spec).length > 0 ? 'later trials stronger; hollow: breaks a constraint' : 'later trials stronger'
      }
      option={option}
      summary={`${objective.metric} of ${placed.length} trials against ${chosen?.name ?? ''}.`}
      table={() => [
        ['number', chosen?.name ?? '', objective.metric],
        ...placed.map(({ number, given, value }) => [number, given, value]),
      ]}
      onTrial={(id) => navigate(`/trials/${id}`)}
      actions={
        <Select label="Parameter" value={chosen?.name ?? ''} choices={axes.map((one) => one.name)} onChange={setName} />
      }
    />
  );
}

function place({
  spec,
  points,
  axis: { name, place: placeOf },
}: {
  readonly spec: SearchView['spec'];
  readonly points: TrialPointsView;
  readonly axis: SpaceAxis;
}): readonly Placed[] {
  return valuedPoints(points, spec).flatMap((point) => {
    const given = points.params[name]?.[point.index];
    const at = placeOf(given);
    return at === null ? [] : [{ ...point, place: at, given }];
  });
}

function sliceOption({
  palette,
  placed,
  chosen,
  objective,
}: {
  readonly palette: Palette;
  readonly placed: readonly Placed[];
  readonly chosen: SpaceAxis;
  readonly objective: SearchView['spec']['objective'];
}) {
  const { metric } = objective;
  const values = placed.map(({ value }) => value);
  const last = Math.max(1, ...placed.map(({ number }) => number));
  const format = (value: number) => formatMetric(metric, value);
  // Points of one choice would hide each other on a line: they are strewn a little, by their number.
  const strewn = (point: Placed) =>
    chosen.choices === null ? point.place : point.place + (((point.number * 0.618034) % 1) - 0.5) * 0.5;
  return {
    ...BASE,
    grid: GRID,
    tooltip: tooltip(palette, (params) => {
      const point = placed[(params as { dataIndex: number }).dataIndex];
      if (point === undefined) return null;
      return {
        title: `Trial ${point.number}`,
        lines: [
          [chosen.name, formatParam(point.given)],
          [metric, format(point.value)],
          ...(point.isBroken ? [['', 'breaks a constraint'] as const] : []),
        ],
      };
    }),
    xAxis: parameterAxis(palette, chosen),
    yAxis: axis(palette, {
      name: metric,
      format: formatTick(metric),
      ...(isWide(values) && { scale: 'log' as const, ...logBounds(values) }),
    }),
    series: [
      {
        type: 'scatter',
        symbolSize: placed.length > 500 ? 4 : 7,
        data: placed.map((point) => ({
          value: [strewn(point), point.value],
          trialId: point.id,
          itemStyle: {
            ...(point.isBroken ? hollow(palette) : { color: palette.accent }),
            opacity: 0.2 + (0.7 * point.number) / last,
          },
        })),
      },
    ],
  };
}
