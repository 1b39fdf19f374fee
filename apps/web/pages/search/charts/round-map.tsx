import type { SearchView, TrialPointsView } from '@caviar/contracts';
import { useCallback, useMemo } from 'react';
import { navigate, useParam } from '../../../app/router.js';
import { Chart } from '../../../charts/chart.js';
import { axis, BASE, GRID, tooltip } from '../../../charts/option.js';
import type { Palette } from '../../../charts/palette.js';
import { type SpaceAxis, spaceAxes, spaceAxis } from '../../../charts/space-axis.js';
import { formatMetric, formatParam } from '../../../format/number.js';
import { Select } from '../../../ui/parts.js';
import { Empty } from '../../../ui/states.js';

interface Dot {
  readonly id: string;
  readonly number: number;
  readonly round: number;
  readonly x: number;
  readonly y: number;
  readonly index: number;
}

interface Box {
  readonly round: number;
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
}

/** Rounds of coarse-to-fine as nested boxes over their trials, for two of the parameters. */
export function RoundMap({ search, points }: { readonly search: SearchView; readonly points: TrialPointsView }) {
  const { space, objective } = search.spec;
  const axes = useMemo(() => spaceAxes(space).filter(({ choices }) => choices === null), [space]);
  const [xName, setX] = useParam('mx', axes[0]?.name ?? '');
  const [yName, setY] = useParam('my', (axes[1] ?? axes[0])?.name ?? '');
  const x = axes.find(({ name }) => name === xName) ?? axes[0];
  const y = axes.find(({ name }) => name === yName) ?? axes[1] ?? axes[0];
  const dots = useMemo(() => (x === undefined || y === undefined ? [] : dotsOf(points, x, y)), [points, x, y]);
  const boxes = useMemo(
    () => (x === undefined || y === undefined ? [] : boxesOf(search.rounds, x, y)),
    [search.rounds, x, y],
  );
  const option = useCallback(
    (palette: Palette) =>
      x === undefined || y === undefined ? {} : mapOption({ palette, dots, boxes, x, y, points, objective }),
    [dots, boxes, x, y, points, objective],
  );
  const names = axes.map(({ name }) => name);
  if (axes.length === 0) return <Empty title="The map needs a parameter with a range" />;
  return (
    <Chart
      title="Map of coarse to fine"
      hint="each round's region, and its trials"
      height={420}
      option={option}
      summary={`${search.rounds.length} rounds over ${x?.name ?? ''} and ${y?.name ?? ''}, each a box within the one before.`}
      table={() => [
        ['number', 'round', x?.name ?? '', y?.name ?? '', objective.metric],
        ...dots.map(({ number, round, index }) => [
          number,
          round + 1,
          points.params[x?.name ?? '']?.[index],
          points.params[y?.name ?? '']?.[index],
          points.value[index],
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

function dotsOf(points: TrialPointsView, x: SpaceAxis, y: SpaceAxis): readonly Dot[] {
  return points.number.flatMap((number, index) => {
    const at = x.place(points.params[x.name]?.[index]);
    const up = y.place(points.params[y.name]?.[index]);
    if (at === null || up === null) return [];
    return [{ id: points.id[index] ?? '', number, round: points.round[index] ?? 0, x: at, y: up, index }];
  });
}

function boxesOf(rounds: SearchView['rounds'], x: SpaceAxis, y: SpaceAxis): readonly Box[] {
  return rounds.flatMap(({ index, region }) => {
    const [across, upward] = [region[x.name], region[y.name]];
    if (across === undefined || upward === undefined) return [];
    if (across.kind === 'categorical' || upward.kind === 'categorical') return [];
    const [a, b] = [spaceAxis(x.name, across), spaceAxis(y.name, upward)];
    return [{ round: index, from: [a.min, b.min] as const, to: [a.max, b.max] as const }];
  });
}

function mapOption({
  palette,
  dots,
  boxes,
  x,
  y,
  points,
  objective,
}: {
  readonly palette: Palette;
  readonly dots: readonly Dot[];
  readonly boxes: readonly Box[];
  readonly x: SpaceAxis;
  readonly y: SpaceAxis;
  readonly points: TrialPointsView;
  readonly objective: SearchView['spec']['objective'];
}) {
  const colour = (round: number) => palette.series[round % palette.series.length] ?? palette.accent;
  const rounds = [...new Set(dots.map(({ round }) => round))].sort((a, b) => a - b);
  const axisOf = (one: SpaceAxis) => ({
    ...axis(palette, { name: one.name, min: one.min, max: one.max, format: one.label, hasLines: false }),
  });
  const symbols = ['circle', 'diamond', 'triangle', 'rect'];
  return {
    ...BASE,
    grid: { ...GRID, top: 36 },
    legend: {
      top: 0,
      left: 0,
      textStyle: { color: palette.muted, fontSize: 12 },
      itemWidth: 9,
      itemHeight: 9,
      data: rounds.map((round) => `round ${round + 1}`),
    },
    tooltip: tooltip(palette, (params) => {
      const { data } = params as { data: { dot?: Dot } };
      const dot = data.dot;
      if (dot === undefined) return null;
      return {
        title: `Trial ${dot.number}, round ${dot.round + 1}`,
        lines: [
          ...[x, y].map(({ name }) => [name, formatParam(points.params[name]?.[dot.index])] as const),
          [objective.metric, formatMetric(objective.metric, points.value[dot.index])],
        ],
      };
    }),
    xAxis: axisOf(x),
    yAxis: axisOf(y),
    series: [
      {
        type: 'custom',
        silent: true,
        clip: true,
        data: boxes.map(({ from, to, round }) => [...from, ...to, round]),
        renderItem: (_: unknown, api: { value(i: number): number; coord(p: number[]): number[] }) => {
          const [left = 0, bottom = 0] = api.coord([api.value(0), api.value(1)]);
          const [right = 0, top = 0] = api.coord([api.value(2), api.value(3)]);
          const fill = colour(api.value(4));
          return {
            type: 'rect',
            shape: { x: left, y: top, width: right - left, height: bottom - top, r: 2 },
            style: { fill: `${fill}14`, stroke: fill, lineWidth: 1.5 },
          };
        },
      },
      ...rounds.map((round) => ({
        type: 'scatter',
        name: `round ${round + 1}`,
        symbol: symbols[round % symbols.length],
        symbolSize: dots.length > 500 ? 5 : 9,
        itemStyle: { color: colour(round), opacity: 0.85 },
        z: 4,
        data: dots.filter((dot) => dot.round === round).map((dot) => ({ value: [dot.x, dot.y], trialId: dot.id, dot })),
      })),
    ],
  };
}
