import type { SearchRungsView, SearchView } from '@caviar/contracts';
import { useCallback } from 'react';
import { Chart } from '../../../charts/chart.js';
import { axis, BASE, GRID, isWide, logBounds, tooltip } from '../../../charts/option.js';
import type { Palette } from '../../../charts/palette.js';
import { formatMetric, formatTick } from '../../../format/number.js';

type Rung = SearchRungsView['items'][number];

/** What the scheduler made of the trials at each step at which it compared them: how many went on, and their values. */
export function RungChart({ search, rungs }: { readonly search: SearchView; readonly rungs: readonly Rung[] }) {
  const { metric } = search.spec.objective;
  const option = useCallback((palette: Palette) => rungOption({ palette, rungs, metric }), [rungs, metric]);
  const [first, last] = [rungs[0], rungs.at(-1)];
  return (
    <Chart
      title="Rungs"
      hint={`${search.spec.scheduler.kind}: who goes on at each step of comparison`}
      height={300}
      option={option}
      summary={`${first?.arrived ?? 0} trials came to step ${first?.step ?? 0}, ${last?.arrived ?? 0} to step ${last?.step ?? 0}.`}
      table={() => [
        ['step', 'arrived', 'wentOn', 'stopped', 'waiting', 'best', 'q1', 'median', 'q3'],
        ...rungs.map(({ step, arrived, wentOn, stopped, waiting, best, quartiles }) => [
          step,
          arrived,
          wentOn,
          stopped,
          waiting,
          best,
          ...quartiles,
        ]),
      ]}
    />
  );
}

function rungOption({
  palette,
  rungs,
  metric,
}: {
  readonly palette: Palette;
  readonly rungs: readonly Rung[];
  readonly metric: string;
}) {
  const names = rungs.map(({ step }) => `step ${step}`);
  const bar = (name: string, key: 'wentOn' | 'stopped' | 'waiting', color: string | undefined) => ({
    type: 'bar',
    stack: 'trials',
    name,
    barMaxWidth: 56,
    itemStyle: { color },
    data: rungs.map((rung) => rung[key]),
  });
  const medians = rungs.map(({ quartiles }) => quartiles[1]);
  const best = rungs.map((rung) => rung.best);
  const numbers = [...medians, ...best].filter((value) => value !== null);
  return {
    ...BASE,
    grid: { ...GRID, top: 40, right: 4 },
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 9, textStyle: { color: palette.muted, fontSize: 12 } },
    tooltip: {
      ...tooltip(palette, (params) => {
        const rung = rungs[(params as { dataIndex: number }[])[0]?.dataIndex ?? 0];
        if (rung === undefined) return null;
        return {
          title: `Step ${rung.step}`,
          lines: [
            ['arrived', String(rung.arrived)],
            ['went on', String(rung.wentOn)],
            ['stopped', String(rung.stopped)],
            ['waiting', String(rung.waiting)],
            [`best ${metric}`, formatMetric(metric, rung.best)],
            [`median ${metric}`, formatMetric(metric, rung.quartiles[1])],
          ],
        };
      }),
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
    },
    xAxis: axis(palette, { names }),
    yAxis: [
      axis(palette, { name: 'trials', isInteger: true, min: 0 }),
      {
        ...axis(palette, {
          name: metric,
          format: formatTick(metric),
          hasLines: false,
          ...(isWide(numbers) && { scale: 'log' as const, ...logBounds(numbers) }),
        }),
        position: 'right',
      },
    ],
    series: [
      bar('went on', 'wentOn', palette.status['completed']),
      bar('waiting', 'waiting', palette.status['paused']),
      bar('stopped', 'stopped', palette.status['pruned']),
      {
        type: 'line',
        name: 'best value',
        yAxisIndex: 1,
        data: best,
        symbolSize: 7,
        lineStyle: { color: palette.text, width: 1.75 },
        itemStyle: { color: palette.text },
      },
      {
        type: 'line',
        name: 'median value',
        yAxisIndex: 1,
        data: medians,
        symbol: 'diamond',
        symbolSize: 8,
        lineStyle: { color: palette.muted, width: 1.5, type: 'dashed' },
        itemStyle: { color: palette.muted },
      },
    ],
  };
}
