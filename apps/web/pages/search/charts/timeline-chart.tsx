import type { SearchTimelineView } from '@caviar/contracts';
import { useCallback, useMemo } from 'react';
import { navigate } from '../../../app/router.js';
import { Chart } from '../../../charts/chart.js';
import { axis, BASE, tooltip } from '../../../charts/option.js';
import type { Palette } from '../../../charts/palette.js';
import { formatCount } from '../../../format/number.js';
import { formatClock, formatDuration } from '../../../format/time.js';

type Stretch = SearchTimelineView['items'][number];

/** A row per worker, a bar per stretch in which it trained a trial, in the colour of what became of it. */
export function TimelineChart({
  stretches,
  isRunning,
}: {
  readonly stretches: readonly Stretch[];
  readonly isRunning: boolean;
}) {
  const workers = useMemo(() => [...new Set(stretches.map(workerOf))].sort(), [stretches]);
  const option = useCallback(
    (palette: Palette) => timelineOption({ palette, stretches, workers, isRunning }),
    [stretches, workers, isRunning],
  );
  const statuses = [...new Set(stretches.map(({ status }) => status))];
  return (
    <Chart
      title="Timeline of workers"
      hint={`${formatCount(stretches.length)} stretches on ${workers.length} worker${workers.length === 1 ? '' : 's'}; drag or scroll to look closer`}
      height={Math.min(560, Math.max(180, 34 * workers.length + 100))}
      option={option}
      summary={`${workers.length} workers trained ${stretches.length} stretches.`}
      table={() => [
        ['worker', 'number', 'attempt', 'from', 'to', 'status'],
        ...stretches.map((stretch) => [
          workerOf(stretch),
          stretch.number,
          stretch.attempt,
          stretch.from,
          stretch.to,
          stretch.status,
        ]),
      ]}
      onTrial={(id) => navigate(`/trials/${id}`)}
      legend={
        <div className="legend" style={{ padding: '8px 0 0' }}>
          {statuses.map((status) => (
            <span key={status} className={`pill ${status}`}>
              {status}
            </span>
          ))}
        </div>
      }
    />
  );
}

function workerOf({ workerId }: Stretch): string {
  return workerId ?? 'unknown';
}

function timelineOption({
  palette,
  stretches,
  workers,
  isRunning,
}: {
  readonly palette: Palette;
  readonly stretches: readonly Stretch[];
  readonly workers: readonly string[];
  readonly isRunning: boolean;
}) {
  const now = isRunning ? Date.now() : Math.max(...stretches.map(({ to, from }) => Date.parse(to ?? from)));
  const row = new Map(workers.map((worker, i) => [worker, i]));
  const short = (worker: string) => (worker.length > 14 ? `…${worker.slice(-10)}` : worker);
  return {
    ...BASE,
    grid: { left: 8, right: 24, top: 8, bottom: 56, containLabel: true },
    tooltip: tooltip(palette, (params) => {
      const stretch = stretches[(params as { dataIndex: number }).dataIndex];
      if (stretch === undefined) return null;
      const to = stretch.to === null ? now : Date.parse(stretch.to);
      return {
        title: `Trial ${stretch.number}`,
        lines: [
          ['worker', workerOf(stretch)],
          ['from', formatClock(stretch.from)],
          ['for', formatDuration(to - Date.parse(stretch.from))],
          ['became', stretch.status],
          ...(stretch.attempt > 1 ? [['attempt', String(stretch.attempt)] as const] : []),
        ],
      };
    }),
    dataZoom: [
      { type: 'inside', filterMode: 'weakFilter' },
      {
        type: 'slider',
        filterMode: 'weakFilter',
        height: 18,
        bottom: 8,
        borderColor: palette.line,
        fillerColor: `${palette.accent}22`,
        handleStyle: { color: palette.accent, borderColor: palette.accent },
        moveHandleSize: 0,
        showDetail: false,
        showDataShadow: false,
        brushSelect: false,
      },
    ],
    xAxis: {
      ...axis(palette, { hasLines: true }),
      type: 'time',
      axisLabel: { color: palette.muted, fontSize: 11, hideOverlap: true },
    },
    yAxis: {
      ...axis(palette, { names: workers.map(short) }),
      axisLabel: { color: palette.muted, fontSize: 11, fontFamily: 'JetBrains Mono Variable, monospace' },
      inverse: true,
    },
    series: [
      {
        type: 'custom',
        encode: { x: [0, 1], y: 2 },
        data: stretches.map((stretch) => ({
          value: [
            Date.parse(stretch.from),
            stretch.to === null ? now : Date.parse(stretch.to),
            row.get(workerOf(stretch)) ?? 0,
          ],
          trialId: stretch.trialId,
          itemStyle: { color: palette.status[stretch.status] ?? palette.muted },
        })),
        renderItem: (
          params: { coordSys: { x: number; width: number } },
          api: {
            value(i: number): number;
            coord(p: number[]): number[];
            size(p: number[]): number[];
            visual(name: string): string;
          },
        ) => {
          const [from = 0, y = 0] = api.coord([api.value(0), api.value(2)]);
          const [to = 0] = api.coord([api.value(1), api.value(2)]);
          const height = Math.min(20, (api.size([0, 1])[1] ?? 20) * 0.6);
          const left = Math.max(from, params.coordSys.x);
          const right = Math.min(Math.max(to, from + 2), params.coordSys.x + params.coordSys.width);
          if (right <= left) return undefined;
          return {
            type: 'rect',
            shape: { x: left, y: y - height / 2, width: Math.max(1.5, right - left - 1), height, r: 2 },
            style: { fill: api.visual('color'), opacity: 0.85 },
          };
        },
      },
    ],
  };
}
