import type { SearchImportanceView } from '@caviar/contracts';
import { useCallback } from 'react';
import { Chart } from '../../../charts/chart.js';
import { axis, BASE, tooltip } from '../../../charts/option.js';
import type { Palette } from '../../../charts/palette.js';
import { api } from '../../../data/session.js';
import { useLoad } from '../../../data/use-load.js';
import { Card } from '../../../ui/parts.js';
import { Empty, Whole } from '../../../ui/states.js';
import type { TabProps } from '../tab-props.js';

/** The service answers from so many completed trials on. */
const ENOUGH = 16;
const SHOWN = 10;
/** Below that the forest knows too little for its shares to mean anything. */
const POOR_FIT = 0.3;

const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** Share of the variance of the objective per parameter, and of the strongest pairs. */
export function ImportanceChart({ search, tick, hasPairs = false }: TabProps & { readonly hasPairs?: boolean }) {
  const { metric } = search.spec.objective;
  // A forest is worth growing again for ten trials more, not for each.
  const { completed } = search.progress;
  const often = completed < 50 ? completed : Math.floor(completed / 10);
  const loaded = useLoad(
    `importance ${search.id} ${metric}`,
    (signal) => api().importance(search.id, { objective: metric, signal }),
    {
      tick: search.status === 'running' ? `${often}` : `${tick}`,
      isOff: completed < ENOUGH,
    },
  );
  if (completed < ENOUGH) {
    return (
      <Card title="Importance">
        <Empty title={search.endedAt === null ? 'Not known yet' : 'Not known'}>
          <p>What the objective depends on can be told from {ENOUGH} completed trials on.</p>
        </Empty>
      </Card>
    );
  }
  if (loaded.value !== undefined) return <Shown importance={loaded.value} metric={metric} hasPairs={hasPairs} />;
  return (
    <Card title="Importance">
      <Whole
        loaded={loaded}
        height={260}
        quiet={['nothing-to-explain']}
        quietTitle={search.endedAt === null ? 'Not known yet' : 'Not known'}
      >
        {() => null}
      </Whole>
    </Card>
  );
}

interface Bar {
  readonly name: string;
  readonly share: number;
  readonly spread: number;
}

function Shown({
  importance,
  metric,
  hasPairs,
}: {
  readonly importance: SearchImportanceView;
  readonly metric: string;
  readonly hasPairs: boolean;
}) {
  const { parameters, pairs, fit, trials } = importance;
  const bars: readonly Bar[] = [
    ...parameters.slice(0, SHOWN),
    ...(hasPairs ? pairs.slice(0, 5).map(({ names, ...more }) => ({ name: names.join(' × '), ...more })) : []),
  ];
  // biome-ignore lint/correctness/useExhaustiveDependencies: the bars follow from the answer
  const option = useCallback((palette: Palette) => importanceOption(palette, bars), [importance, hasPairs]);
  const [first] = parameters;
  return (
    <Chart
      title="Importance"
      hint={`for ${metric}, ${trials} trials${fit < POOR_FIT ? ', poor fit' : ''}`}
      height={Math.max(180, 26 * bars.length + 36)}
      option={option}
      summary={`${first?.name ?? 'Nothing'} explains ${percent(first?.share ?? 0)} of the variance of ${metric}.`}
      table={() => [['parameter', 'share', 'spread'], ...bars.map(({ name, share, spread }) => [name, share, spread])]}
    />
  );
}

function importanceOption(palette: Palette, bars: readonly Bar[]) {
  const names = bars.map(({ name }) => name);
  return {
    ...BASE,
    grid: { left: 4, right: 48, top: 4, bottom: 4, containLabel: true },
    tooltip: tooltip(palette, (params) => {
      const bar = bars[(params as { dataIndex: number }).dataIndex];
      if (bar === undefined) return null;
      return {
        title: bar.name,
        lines: [
          ['share of variance', percent(bar.share)],
          ['spread over trees', percent(bar.spread)],
        ],
      };
    }),
    xAxis: { ...axis(palette, { min: 0, format: percent }), show: false },
    yAxis: {
      ...axis(palette, { names }),
      inverse: true,
      axisLine: { show: false },
      axisLabel: {
        color: palette.text,
        fontSize: 12,
        width: Math.min(360, 0.4 * window.innerWidth),
        overflow: 'truncate',
      },
    },
    series: [
      {
        type: 'bar',
        barWidth: 12,
        data: bars.map(({ share }) => share),
        itemStyle: { color: palette.accent, borderRadius: [0, 3, 3, 0] },
        label: {
          show: true,
          position: 'right',
          color: palette.muted,
          fontSize: 11.5,
          formatter: ({ value }: { value: number }) => percent(value),
        },
      },
    ],
  };
}
