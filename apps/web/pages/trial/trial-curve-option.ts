import { axis, BASE, GRID, tooltip } from '../../charts/option.js';
import type { Palette } from '../../charts/palette.js';
import { formatMetric, formatTick } from '../../format/number.js';

export interface CurveLine {
  readonly name: string;
  readonly points: readonly (readonly [number, number | null])[];
}

/** Something that was done after a step. */
export interface Mark {
  readonly step: number;
  readonly text: string;
}

export function trialCurveOption({
  palette,
  lines,
  marks,
  isLog,
}: {
  readonly palette: Palette;
  readonly lines: readonly CurveLine[];
  readonly marks: readonly Mark[];
  readonly isLog: boolean;
}) {
  const [first] = lines;
  const canDraw = (value: number | null) => value !== null && (!isLog || value > 0);
  return {
    ...BASE,
    grid: { ...GRID, top: 36 },
    legend: {
      type: 'scroll',
      top: 0,
      left: 0,
      itemWidth: 18,
      itemHeight: 8,
      textStyle: { color: palette.muted, fontSize: 12 },
      pageTextStyle: { color: palette.muted },
    },
    tooltip: {
      ...tooltip(palette, (params) => {
        const all = params as { seriesName: string; value: [number, number | null] }[];
        return {
          title: `Step ${all[0]?.value[0]}`,
          lines: all.map(({ seriesName, value }) => [seriesName, formatMetric(seriesName, value[1])] as const),
        };
      }),
      trigger: 'axis',
      axisPointer: { lineStyle: { color: palette.muted } },
    },
    xAxis: {
      ...axis(palette, { name: 'step', isInteger: true, hasLines: false }),
      min: 'dataMin',
      max: 'dataMax',
    },
    yAxis: axis(palette, { format: formatTick(first?.name ?? ''), ...(isLog && { scale: 'log' as const }) }),
    series: lines.map(({ name, points }, i) => {
      const color = palette.series[i % palette.series.length];
      return {
        type: 'line',
        name,
        data: points.map(([step, value]) => [step, canDraw(value) ? value : null]),
        showSymbol: points.length < 3,
        symbolSize: 5,
        lineStyle: { color, width: 1.75, type: name.startsWith('train.') ? 'dashed' : 'solid' },
        itemStyle: { color },
        ...(i === 0 &&
          marks.length > 0 && {
            markLine: {
              silent: true,
              symbol: 'none',
              lineStyle: { color: palette.text, type: 'dotted', width: 1.25 },
              label: { color: palette.text, fontSize: 11, position: 'insideEndTop' },
              data: marks.map(({ step, text }) => ({ xAxis: step, label: { formatter: text } })),
            },
          }),
      };
    }),
  };
}
