import type { SearchView, TrialPointsView } from '@caviar/contracts';
import type { EChartsType } from 'echarts/core';
import { useCallback, useMemo, useRef } from 'react';
import { Link, navigate, useParam } from '../../../app/router.js';
import { Chart } from '../../../charts/chart.js';
import { BASE, CHOICE_WIDTH, isWide, logBounds, valueScale } from '../../../charts/option.js';
import type { Palette } from '../../../charts/palette.js';
import { type SpaceAxis, spaceAxes } from '../../../charts/space-axis.js';
import { colourRange, type Point, valuedPoints } from '../../../data/charts.js';
import { formatCount, formatTick } from '../../../format/number.js';
import { type Brush, columnOf, filterOf, isChosen, readBrush, writeBrush } from './brush.js';
import { colourRanges, putBackRanges } from './put-back-ranges.js';

const HEIGHT = 340;
/** Lines beyond that hide each other. */
const MOST_LINES = 300;
const MOST_NAMED = 50;

/** Room for the names of the axes beside each other: one that is cut off is read like the next. */
function roomFor(axes: readonly SpaceAxis[]): number {
  const longest = Math.max(0, ...axes.map(({ name }) => name.length));
  return Math.min(220, Math.max(96, 7 * longest + 12));
}

/** What a name needs on each side of its axis. */
function halfOf(name = ''): number {
  return Math.min(110, 3.7 * name.length);
}

interface Line {
  readonly point: Point;
  readonly places: readonly (number | null)[];
}

/** Every trial as a line through its parameters, in the colour of its value; ranges of any axis can be brushed, and stay in the address. */
export function ParallelChart({ search, points }: { readonly search: SearchView; readonly points: TrialPointsView }) {
  const { spec } = search;
  const { objective, space } = spec;
  const [brushText, setBrush] = useParam('brush');
  const brush = useMemo(() => readBrush(brushText), [brushText]);
  const axes = useMemo(() => spaceAxes(space), [space]);
  const lines = useMemo(() => linesOf({ spec, points, axes }), [spec, points, axes]);
  // Of another objective than the first, values are those of its metric.
  const isOther = points.value === points.metrics[objective.metric];
  const valueColumn = isOther ? `metrics.${objective.metric}` : 'value';
  const option = useCallback(
    (palette: Palette) => parallelOption({ palette, lines, axes, objective, valueColumn }),
    [lines, axes, objective, valueColumn],
  );
  const ready = useCallback(
    (chart: EChartsType) => {
      chart.on('rendered', () => colourRanges(chart));
      chart.on('axisareaselected', (event) => {
        const { parallelAxisId, intervals } = event as { parallelAxisId?: string; intervals?: Brush[string] };
        if (parallelAxisId === undefined || intervals === undefined) return;
        const now = readBrush(new URL(location.href).searchParams.get('brush') ?? '');
        setBrush(writeBrush({ ...now, [parallelAxisId]: intervals }));
      });
    },
    [setBrush],
  );
  // What is drawn anew, since trials came, has no ranges: they are put back.
  const host = useRef<EChartsType | null>(null);
  const drawn = (chart: EChartsType) => {
    host.current = chart;
    putBackRanges(chart, brush);
  };
  const clear = () => {
    for (const parallelAxisId of Object.keys(brush)) {
      host.current?.dispatchAction({ type: 'axisAreaSelect', parallelAxisId, intervals: [] });
    }
    setBrush('');
  };
  const columns = axes.map(({ name }) => columnOf(name));
  const chosen = lines.filter(({ point, places }) =>
    isChosen(brush, (column) => (column === valueColumn ? point.value : places[columns.indexOf(column)])),
  );
  const numbers = chosen.map(({ point }) => point.number).toReversed();
  const table = `/searches/${search.id}/trials`;
  return (
    <Chart
      title="Parallel coordinates"
      hint="drag along an axis to choose a range, click a line to open its trial"
      height={HEIGHT}
      minWidth={roomFor(axes) * (axes.length + 1)}
      option={option}
      onReady={ready}
      onDrawn={drawn}
      onTrial={(id) => navigate(`/trials/${id}`)}
      summary={`${formatCount(lines.length)} trials as lines through ${axes.length} parameters and ${objective.metric}.`}
      table={() => [
        ['number', ...axes.map(({ name }) => name), objective.metric],
        ...chosen.map(({ point }) => [
          point.number,
          ...axes.map(({ name }) => points.params[name]?.[point.index] ?? null),
          point.value,
        ]),
      ]}
      actions={
        brushText !== '' && (
          <>
            <Link
              className="button tiny"
              href={`${table}?filter=${encodeURIComponent(JSON.stringify(filterOf(brush, axes)))}`}
            >
              Show {formatCount(chosen.length)} chosen
            </Link>
            <Link className="button tiny" href={`${table}?pins=${numbers.slice(0, MOST_NAMED).join(',')}`}>
              Compare them
            </Link>
            <button type="button" className="button tiny" onClick={clear}>
              Clear
            </button>
          </>
        )
      }
    />
  );
}

/** The best are drawn last, above the others. */
function linesOf({
  spec,
  points,
  axes,
}: {
  readonly spec: SearchView['spec'];
  readonly points: TrialPointsView;
  readonly axes: readonly SpaceAxis[];
}): readonly Line[] {
  const { direction } = spec.objective;
  const valued = valuedPoints(points, spec).toSorted((a, b) =>
    direction === 'minimize' ? b.value - a.value : a.value - b.value,
  );
  const every = Math.ceil(valued.length / MOST_LINES);
  return valued
    .filter((_, i) => i % every === 0)
    .map((point) => ({
      point,
      places: axes.map(({ name, place }) => place(points.params[name]?.[point.index])),
    }));
}

function parallelOption({
  palette,
  lines,
  axes,
  objective,
  valueColumn,
}: {
  readonly palette: Palette;
  readonly lines: readonly Line[];
  readonly axes: readonly SpaceAxis[];
  readonly objective: SearchView['spec']['objective'];
  readonly valueColumn: string;
}) {
  const values = lines.map(({ point }) => point.value);
  const name = { color: palette.text, fontSize: 12, fontWeight: 500 };
  const common = {
    nameTextStyle: name,
    nameLocation: 'end',
    axisLine: { lineStyle: { color: palette.muted, width: 1 } },
    axisTick: { show: false },
    axisLabel: { color: palette.muted, fontSize: 11, backgroundColor: `${palette.surface}d0`, padding: [1, 3] },
    areaSelectStyle: { width: 16, color: palette.accent, borderColor: palette.accent, opacity: 0.2 },
    realtime: false,
  };
  return {
    ...BASE,
    parallel: {
      left: Math.max(56, halfOf(axes[0]?.name)),
      right: Math.max(64, halfOf(objective.metric)),
      top: 36,
      bottom: 20,
      axisExpandable: false,
    },
    parallelAxis: [
      ...axes.map((axis, dim) => ({
        ...common,
        id: columnOf(axis.name),
        dim,
        name: axis.name,
        ...(axis.choices === null
          ? {
              min: axis.min,
              max: axis.max,
              axisLabel: { ...common.axisLabel, formatter: (value: number) => axis.label(value) },
            }
          : {
              type: 'category',
              data: [...axis.choices],
              axisLabel: { ...common.axisLabel, width: CHOICE_WIDTH, overflow: 'truncate' },
            }),
      })),
      {
        ...common,
        id: valueColumn,
        dim: axes.length,
        name: objective.metric,
        ...(isWide(values) ? { type: 'log', ...logBounds(values) } : { type: 'value' }),
        scale: true,
        inverse: objective.direction === 'minimize',
        nameLocation: objective.direction === 'minimize' ? 'start' : 'end',
        axisLabel: { ...common.axisLabel, formatter: formatTick(objective.metric) },
      },
    ],
    visualMap: valueScale(palette, {
      dimension: axes.length,
      range: colourRange(values, objective.direction),
      direction: objective.direction,
    }),
    series: [
      {
        type: 'parallel',
        lineStyle: { width: 1.25, opacity: lines.length > 300 ? 0.25 : 0.6 },
        inactiveOpacity: 0.03,
        smooth: lines.length > 150 ? 0 : 0.1,
        progressive: 0,
        data: lines.map(({ places, point }) => ({
          value: [...places.map((place) => place ?? '-'), point.value],
          trialId: point.id,
        })),
      },
    ],
  };
}
