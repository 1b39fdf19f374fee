import type { SearchView, TrialPointsView } from '@caviar/contracts';
import { useCallback, useMemo } from 'react';
import { navigate, useParam } from '../../../app/router.js';
import { Chart } from '../../../charts/chart.js';
import { BASE, GRID, isWide, parameterAxis, tooltip } from '../../../charts/option.js';
import type { Palette } from '../../../charts/palette.js';
import { type SpaceAxis, spaceAxes } from '../../../charts/space-axis.js';
import { colourRange, type Point, valuedPoints } from '../../../data/charts.js';
import { formatMetric, formatParam } from '../../../format/number.js';
import { Select } from '../../../ui/parts.js';
import { paint } from './paint.js';
import { CELLS, surface } from './surface.js';

interface Placed extends Point {
  readonly x: number;
  readonly y: number;
}

/** Two parameters and the objective: what is expected between the trials, and the trials. */
export function ContourChart({ search, points }: { readonly search: SearchView; readonly points: TrialPointsView }) {
  const { spec } = search;
  const { objective, space } = spec;
  const axes = useMemo(() => spaceAxes(space), [space]);
  const [xName, setX] = useParam('cx', axes[0]?.name ?? '');
  const [yName, setY] = useParam('cy', (axes[1] ?? axes[0])?.name ?? '');
  const x = axes.find(({ name }) => name === xName) ?? axes[0];
  const y = axes.find(({ name }) => name === yName) ?? axes[1] ?? axes[0];
  const placed = useMemo(
    () => (x === undefined || y === undefined ? [] : place({ spec, points, x, y })),
    [spec, points, x, y],
  );
  const option = useCallback(
    (palette: Palette) =>
      x === undefined || y === undefined ? {} : contourOption({ palette, placed, x, y, objective, points }),
    [placed, x, y, objective, points],
  );
  const names = axes.map(({ name }) => name);
  return (
    <Chart
      title="Contour"
      hint={`${objective.metric}; a smooth guess between the trials`}
      option={option}
      summary={`${objective.metric} over ${x?.name ?? ''} and ${y?.name ?? ''}, from ${placed.length} trials.`}
      table={() => [
        ['number', x?.name ?? '', y?.name ?? '', objective.metric],
        ...placed.map(({ number, index, value }) => [
          number,
          points.params[x?.name ?? '']?.[index],
          points.params[y?.name ?? '']?.[index],
          value,
        ]),
      ]}
      onTrial={(id) => navigate(`/trials/${id}`)}
      actions={
        <>
          <Select label="Across" value={x?.name ?? ''} choices={names} onChange={setX} />
          <span className="muted small">×</span>
          <Select label="Up" value={y?.name ?? ''} choices={names} onChange={setY} />
        </>
      }
    />
  );
}

function place({
  spec,
  points,
  x,
  y,
}: {
  readonly spec: SearchView['spec'];
  readonly points: TrialPointsView;
  readonly x: SpaceAxis;
  readonly y: SpaceAxis;
}): readonly Placed[] {
  return valuedPoints(points, spec).flatMap((point) => {
    const at = x.place(points.params[x.name]?.[point.index]);
    const up = y.place(points.params[y.name]?.[point.index]);
    return at === null || up === null ? [] : [{ ...point, x: at, y: up }];
  });
}

function contourOption({
  palette,
  placed,
  x,
  y,
  objective,
  points,
}: {
  readonly palette: Palette;
  readonly placed: readonly Placed[];
  readonly x: SpaceAxis;
  readonly y: SpaceAxis;
  readonly objective: SearchView['spec']['objective'];
  readonly points: TrialPointsView;
}) {
  const { metric, direction } = objective;
  // Errors differ by factors: where they do, means and colours are of their logarithms.
  const isLog = isWide(placed.map(({ value }) => value));
  const heights = placed.map((point) => ({ ...point, value: isLog ? Math.log10(point.value) : point.value }));
  const range = colourRange(
    heights.map(({ value }) => value),
    direction,
  );
  const said = (height: number) => formatMetric(metric, isLog ? 10 ** height : height);
  const cells = surface(heights, { x, y, cells: CELLS });
  const color = direction === 'minimize' ? [...palette.scale] : palette.scale.toReversed();
  const painted = paint(cells, { size: CELLS, range, colors: color });
  return {
    ...BASE,
    grid: { ...GRID, right: 62 },
    tooltip: tooltip(palette, (params) => {
      const { seriesType, dataIndex } = params as { seriesType: string; dataIndex: number };
      const point = placed[dataIndex];
      if (seriesType !== 'scatter' || point === undefined) return null;
      return {
        title: `Trial ${point.number}`,
        lines: [
          ...[x, y].map(({ name }) => [name, formatParam(points.params[name]?.[point.index])] as const),
          [metric, formatMetric(metric, point.value)],
        ],
      };
    }),
    xAxis: parameterAxis(palette, x),
    yAxis: parameterAxis(palette, y),
    visualMap: {
      type: 'continuous',
      min: range[0],
      max: range[1],
      dimension: 2,
      seriesIndex: 0,
      right: 0,
      top: 16,
      itemHeight: 170,
      itemWidth: 10,
      text: [said(range[1]), said(range[0])],
      textStyle: { color: palette.muted, fontSize: 11 },
      calculable: false,
      inRange: { color },
    },
    series: [
      {
        type: 'custom',
        silent: true,
        // One picture: more than a thousand cells as shapes of their own would take as long as all else on the page.
        data: [[x.min, y.min, range[0]]],
        renderItem: (_: unknown, api: { coord(p: number[]): number[] }) => {
          const [left = 0, bottom = 0] = api.coord([x.min, y.min]);
          const [right = 0, top = 0] = api.coord([x.max, y.max]);
          const place = { x: left, y: top, width: right - left, height: bottom - top };
          return { type: 'image', style: { image: painted, ...place, opacity: 0.8 } };
        },
        clip: true,
      },
      {
        type: 'scatter',
        data: placed.map((point) => ({ value: [point.x, point.y, point.value], trialId: point.id })),
        symbolSize: placed.length > 500 ? 3 : 6,
        itemStyle: { color: palette.surface, borderColor: palette.text, borderWidth: 1 },
        z: 5,
      },
    ],
  };
}
