import type { SearchView, TrialPointsView } from '@caviar/contracts';
import { axis, BASE, GRID, hollow, isWide, logBounds, tooltip } from '../../../charts/option.js';
import type { Palette } from '../../../charts/palette.js';
import { boundsOf, constraintsOf, type Objective, objectivesOf } from '../../../data/objectives.js';
import { formatMetric, formatTick } from '../../../format/number.js';

/** A trial by two of its objectives. */
export interface FrontDot {
  readonly id: string;
  readonly number: number;
  /** Among the columns. */
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly kind: 'front' | 'dominated' | 'broken';
}

const BETTER = { minimize: 'lower is better', maximize: 'higher is better' } as const;

export function paretoOption({
  palette,
  dots,
  x,
  y,
  points,
  spec,
}: {
  readonly palette: Palette;
  readonly dots: readonly FrontDot[];
  readonly x: Objective;
  readonly y: Objective;
  readonly points: TrialPointsView;
  readonly spec: SearchView['spec'];
}) {
  const objectives = objectivesOf(spec);
  const constraints = constraintsOf(spec);
  const of = (kind: FrontDot['kind']) =>
    dots
      .filter((dot) => dot.kind === kind)
      .map((dot) => ({ value: [dot.x, dot.y] as const, trialId: dot.id, index: dot.index, number: dot.number, kind }));
  const axisOf = ({ metric, direction }: Objective, values: readonly number[]) =>
    axis(palette, {
      name: `${metric} (${BETTER[direction]})`,
      format: formatTick(metric),
      ...(isWide(values) && { scale: 'log' as const, ...logBounds(values) }),
    });
  const front = of('front');
  const isMany = dots.length > 500;
  // With more than two objectives the front is no line: what joins two of its trials says nothing.
  const line =
    objectives.length > 2 ? [] : front.toSorted((a, b) => a.value[0] - b.value[0]).map(({ value }) => [...value]);
  const value = (metric: string, index: number) => formatMetric(metric, points.metrics[metric]?.[index]);
  return {
    ...BASE,
    grid: { ...GRID, top: 36 },
    legend: {
      top: 0,
      left: 0,
      itemWidth: 10,
      itemHeight: 10,
      textStyle: { color: palette.muted, fontSize: 12 },
      data: ['on the front', 'dominated', ...(constraints.length > 0 ? ['breaks a constraint'] : [])],
    },
    tooltip: tooltip(palette, (params) => {
      const { data } = params as { data: { index?: number; number?: number; kind?: string } };
      const { index, number, kind } = data;
      if (index === undefined) return null;
      return {
        title: `Trial ${number}, ${kind === 'broken' ? 'breaks a constraint' : `front ${points.front?.[index] ?? '–'}`}`,
        lines: [
          ...objectives.map(({ metric }) => [metric, value(metric, index)] as const),
          ...constraints.map(
            (constraint) => [`${constraint.metric} ${boundsOf(constraint)}`, value(constraint.metric, index)] as const,
          ),
        ],
      };
    }),
    xAxis: axisOf(
      x,
      dots.map((dot) => dot.x),
    ),
    yAxis: axisOf(
      y,
      dots.map((dot) => dot.y),
    ),
    series: [
      {
        type: 'scatter',
        name: 'dominated',
        symbolSize: isMany ? 4 : 7,
        itemStyle: { color: palette.muted, opacity: 0.5 },
        data: of('dominated'),
      },
      {
        type: 'scatter',
        name: 'breaks a constraint',
        symbol: 'diamond',
        symbolSize: isMany ? 6 : 10,
        itemStyle: hollow(palette),
        data: of('broken'),
      },
      {
        type: 'line',
        silent: true,
        step: x.direction === 'minimize' ? 'end' : 'start',
        symbol: 'none',
        lineStyle: { color: palette.accent, width: 1.25, opacity: 0.6 },
        data: line,
        z: 4,
      },
      {
        type: 'scatter',
        name: 'on the front',
        symbolSize: isMany ? 8 : 11,
        itemStyle: { color: palette.accent, borderColor: palette.surface, borderWidth: 1 },
        data: front,
        z: 5,
      },
    ],
  };
}
