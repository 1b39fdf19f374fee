import type { BestSoFarView, SearchView, TrialPointsView } from '@caviar/contracts';
import { useCallback } from 'react';
import { navigate, useParam } from '../../../app/router.js';
import { Chart } from '../../../charts/chart.js';
import { axis, BASE, GRID, hollow, isWide, logBounds, tooltip } from '../../../charts/option.js';
import type { Palette } from '../../../charts/palette.js';
import { type Point, valuedPoints } from '../../../data/charts.js';
import { constraintsOf } from '../../../data/objectives.js';
import type { Loaded } from '../../../data/use-load.js';
import { formatCount, formatMetric, formatTick } from '../../../format/number.js';
import { Card, Segments } from '../../../ui/parts.js';
import { Skeleton } from '../../../ui/states.js';
import { NoResults } from '../no-results.js';

const HEIGHT = 300;

/** Every trial's value by number, and the best so far. */
export function HistoryChart({
  search,
  points,
  best,
}: {
  readonly search: SearchView;
  readonly points: Loaded<TrialPointsView>;
  readonly best: Loaded<BestSoFarView>;
}) {
  const { metric } = search.spec.objective;
  const [chosen, setScale] = useParam('scale', 'auto');
  const columns = points.value;
  const steps = best.value;
  const trials = columns === undefined ? [] : valuedPoints(columns, search.spec);
  const values = trials.map(({ value }) => value);
  const canLog = values.length > 0 && Math.min(...values) > 0;
  const isLog = canLog && (chosen === 'log' || (chosen === 'auto' && isWide(values)));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the trials follow from the columns
  const option = useCallback(
    (palette: Palette) => historyOption({ palette, trials, best: steps, metric, isLog }),
    [columns, steps, metric, isLog],
  );
  if (columns === undefined) {
    return (
      <Card title="Best so far">
        <Skeleton height={HEIGHT} />
      </Card>
    );
  }
  if (trials.length === 0) {
    return (
      <Card title="Best so far">
        <NoResults search={search}>Each trial becomes a point here when it ends.</NoResults>
      </Card>
    );
  }
  const last = steps?.items.at(-1);
  const isNewBest = new Set(steps?.items.map(({ number }) => number));
  const hasBounds = constraintsOf(search.spec).length > 0;
  const isSample = columns.total > columns.number.length;
  return (
    <Chart
      title="Best so far"
      hint={isSample ? `${formatCount(trials.length)} of ${formatCount(columns.total)} trials drawn` : undefined}
      height={HEIGHT}
      option={option}
      summary={`${formatCount(trials.length)} trials; the best ${metric} is ${formatMetric(metric, last?.value ?? null)}, by trial ${last?.number ?? 'none'}.`}
      table={() => [
        ['number', 'status', metric, 'isNewBest', ...(hasBounds ? ['keepsConstraints'] : [])],
        ...trials.map(({ number, status, value, isBroken }) => [
          number,
          status,
          value,
          isNewBest.has(number),
          ...(hasBounds ? [!isBroken] : []),
        ]),
      ]}
      onTrial={(id) => navigate(`/trials/${id}`)}
      actions={
        canLog && (
          <Segments
            label="Scale"
            value={isLog ? 'log' : 'linear'}
            choices={[
              ['linear', 'Linear'],
              ['log', 'Log'],
            ]}
            onChange={setScale}
          />
        )
      }
    />
  );
}

function historyOption({
  palette,
  trials,
  best,
  metric,
  isLog,
}: {
  readonly palette: Palette;
  readonly trials: readonly Point[];
  readonly best: BestSoFarView | undefined;
  readonly metric: string;
  readonly isLog: boolean;
}) {
  const format = (value: number) => formatMetric(metric, value);
  const steps = best?.items ?? [];
  const total = Math.max(best?.total ?? 0, ...trials.slice(-1).map(({ number }) => number + 1));
  const last = steps.at(-1);
  const line = [
    ...steps.map(({ number, value, trialId }) => ({ value: [number, value], trialId })),
    ...(last === undefined ? [] : [{ value: [total - 1, last.value], symbolSize: 0 }]),
  ];
  const dot = ({ number, value, id, status, isBroken }: Point) => ({
    value: [number, value, isBroken ? 'breaks a constraint' : status],
    trialId: id,
  });
  const drawn = (isIt: (trial: Point) => boolean) => trials.filter(isIt).map(dot);
  return {
    ...BASE,
    grid: GRID,
    tooltip: tooltip(palette, (params) => {
      const { value, seriesName } = params as { value: [number, number, string?]; seriesName: string };
      return {
        title: `Trial ${value[0]}`,
        lines: [
          [metric, format(value[1])],
          ['', seriesName === 'best' ? 'new best' : (value[2] ?? '')],
        ],
      };
    }),
    xAxis: {
      ...axis(palette, { name: 'trial', isInteger: true, min: 0, max: Math.max(1, total - 1), hasLines: false }),
    },
    yAxis: axis(palette, {
      name: metric,
      format: formatTick(metric),
      ...(isLog && { scale: 'log' as const, ...logBounds(trials.map(({ value }) => value)) }),
    }),
    series: [
      {
        type: 'scatter',
        name: 'completed',
        data: drawn(({ status, isBroken }) => status !== 'pruned' && !isBroken),
        symbolSize: trials.length > 500 ? 4 : 7,
        itemStyle: { color: palette.muted, opacity: 0.6 },
      },
      {
        type: 'scatter',
        name: 'pruned',
        data: drawn(({ status, isBroken }) => status === 'pruned' && !isBroken),
        symbol: 'diamond',
        symbolSize: trials.length > 500 ? 4 : 7,
        itemStyle: { color: palette.status['pruned'], opacity: 0.7 },
      },
      {
        type: 'scatter',
        name: 'broken',
        data: drawn(({ isBroken }) => isBroken),
        symbolSize: trials.length > 500 ? 4 : 7,
        itemStyle: hollow(palette),
      },
      {
        type: 'line',
        name: 'best',
        step: 'end',
        triggerEvent: 'line',
        data: line,
        symbol: 'circle',
        symbolSize: 8,
        lineStyle: { color: palette.accent, width: 2 },
        itemStyle: { color: palette.accent },
        z: 5,
      },
    ],
  };
}
