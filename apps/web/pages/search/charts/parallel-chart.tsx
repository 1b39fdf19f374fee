import type { SearchView, TrialPointsView } from '@caviar/contracts';
import type { EChartsType } from 'echarts/core';
import { useCallback, useMemo, useState } from 'react';
import { Link } from '../../../app/router.js';
import { Chart } from '../../../charts/chart.js';
import { BASE, isWide, logBounds, valueScale } from '../../../charts/option.js';
import type { Palette } from '../../../charts/palette.js';
import { type SpaceAxis, spaceAxes } from '../../../charts/space-axis.js';
import { colourRange, type Point, valuedPoints } from '../../../data/charts.js';
import { formatCount, formatTick } from '../../../format/number.js';

const HEIGHT = 340;
/** Lines beyond that hide each other. */
const MOST_LINES = 500;
const MOST_NAMED = 50;

interface Line {
  readonly point: Point;
  readonly places: readonly (number | null)[];
}

/** Every trial as a line through its parameters, in the colour of its value; ranges of any axis can be brushed. */
export function ParallelChart({ search, points }: { readonly search: SearchView; readonly points: TrialPointsView }) {
  const { objective, space } = search.spec;
  const [chosen, setChosen] = useState<readonly number[] | null>(null);
  const axes = useMemo(() => spaceAxes(space), [space]);
  const lines = useMemo(() => linesOf(points, axes, objective.direction), [points, axes, objective]);
  const option = useCallback(
    (palette: Palette) => parallelOption({ palette, lines, axes, objective }),
    [lines, axes, objective],
  );
  const ready = useCallback((chart: EChartsType) => {
    chart.on('axisareaselected', () => setChosen(brushed(chart)));
  }, []);
  const numbers = chosen === null ? [] : chosen.flatMap((i) => lines[i]?.point.number ?? []);
  return (
    <Chart
      title="Parallel coordinates"
      hint="drag along an axis to choose a range"
      height={HEIGHT}
      minWidth={96 * (axes.length + 1)}
      option={option}
      onReady={ready}
      summary={`${formatCount(lines.length)} trials as lines through ${axes.length} parameters and ${objective.metric}.`}
      table={() => [
        ['number', ...axes.map(({ name }) => name), objective.metric],
        ...lines.map(({ point }) => [
          point.number,
          ...axes.map(({ name }) => points.params[name]?.[point.index] ?? null),
          point.value,
        ]),
      ]}
      actions={
        chosen !== null && chosen.length < lines.length ? (
          <Link
            className="button tiny"
            href={`/searches/${search.id}/trials?pins=${numbers.slice(0, MOST_NAMED).join(',')}`}
          >
            Compare {formatCount(numbers.length)} chosen
          </Link>
        ) : undefined
      }
    />
  );
}

/** The best are drawn last, above the others. */
function linesOf(
  points: TrialPointsView,
  axes: readonly SpaceAxis[],
  direction: 'minimize' | 'maximize',
): readonly Line[] {
  const valued = valuedPoints(points).toSorted((a, b) =>
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

/** Indexes of the lines within the brushed ranges of all axes. */
function brushed(chart: EChartsType): readonly number[] | null {
  const model = (
    chart as unknown as { getModel(): { getSeriesByIndex(i: number): ParallelSeries | undefined } }
  ).getModel();
  return model.getSeriesByIndex(0)?.getRawIndicesByActiveState('active') ?? null;
}

interface ParallelSeries {
  getRawIndicesByActiveState(state: string): number[];
}

function parallelOption({
  palette,
  lines,
  axes,
  objective,
}: {
  readonly palette: Palette;
  readonly lines: readonly Line[];
  readonly axes: readonly SpaceAxis[];
  readonly objective: SearchView['spec']['objective'];
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
    parallel: { left: 56, right: 64, top: 36, bottom: 20, axisExpandable: false },
    parallelAxis: [
      ...axes.map((axis, dim) => ({
        ...common,
        dim,
        name: axis.name,
        ...(axis.choices === null
          ? {
              min: axis.min,
              max: axis.max,
              axisLabel: { ...common.axisLabel, formatter: (value: number) => axis.label(value) },
            }
          : { type: 'category', data: [...axis.choices] }),
      })),
      {
        ...common,
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
        data: lines.map(({ places, point }) => [...places.map((place) => place ?? '-'), point.value]),
      },
    ],
  };
}
