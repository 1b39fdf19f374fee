import type { TrialPointsView } from '@caviar/contracts';
import { axis, BASE, GRID, tooltip } from '../../../charts/option.js';
import type { Palette } from '../../../charts/palette.js';
import { formatNumber } from '../../../format/number.js';

/** A gap smaller than this share is not worth a step of the recipe: the same bound as the diagnosis has. */
const MATERIAL = 0.02;

/** A trial by its two gaps (section 1.2): train error above Bayes error, and dev error above train error. */
export interface Gap {
  readonly id: string;
  readonly number: number;
  readonly bias: number;
  readonly variance: number;
  readonly isShare: boolean;
  readonly isBiased: boolean;
  readonly isVariant: boolean;
}

export function gapsOf({ id, number, status, metrics }: TrialPointsView): readonly Gap[] {
  return number.flatMap((at, i) => {
    const isShare = typeof metrics['dev.error']?.[i] === 'number';
    const name = isShare ? 'error' : 'rmse';
    const [train, dev] = [metrics[`train.${name}`]?.[i], metrics[`dev.${name}`]?.[i]];
    if (typeof train !== 'number' || typeof dev !== 'number' || status[i] === 'running') return [];
    const [bias, variance] = [train, dev - train];
    const bound = isShare ? MATERIAL : Number.POSITIVE_INFINITY;
    return [
      { id: id[i] ?? '', number: at, bias, variance, isShare, isBiased: bias > bound, isVariant: variance > bound },
    ];
  });
}

/** Where an axis ends: beyond what nine in ten have, so that a few that went astray do not press the others together. */
function end(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.max(2 * MATERIAL, 1.15 * (sorted[Math.floor(0.9 * (sorted.length - 1))] ?? 0));
}

export function biasVarianceOption({
  palette,
  gaps,
  best,
  isShare,
}: {
  readonly palette: Palette;
  readonly gaps: readonly Gap[];
  readonly best: string | undefined;
  readonly isShare: boolean;
}) {
  const format = (value: number) => (isShare ? `${formatNumber(100 * value, 2)} %` : formatNumber(value, 3));
  const exact = (value: number) => (isShare ? `${(100 * value).toFixed(2)} %` : formatNumber(value));
  const xEnd = end(gaps.map(({ bias }) => bias));
  const yEnd = end(gaps.map(({ variance }) => variance));
  const yStart = Math.min(0, ...gaps.map(({ variance }) => Math.max(variance, -yEnd / 4)));
  const label = (text: string, at: readonly [number, number], align: 'left' | 'right', top: boolean) => ({
    value: at,
    label: {
      show: true,
      formatter: text,
      color: palette.muted,
      fontSize: 12,
      fontWeight: 500,
      position: `inside`,
      align,
      verticalAlign: top ? 'top' : 'bottom',
      offset: [align === 'left' ? 8 : -8, top ? 8 : -8],
    },
  });
  const dot = ({ id, number, bias, variance }: Gap) => ({
    value: [Math.min(bias, xEnd), Math.min(Math.max(variance, yStart), yEnd)],
    trialId: id,
    gap: { number, bias, variance },
    symbol: bias > xEnd || variance > yEnd ? 'triangle' : 'circle',
  });
  return {
    ...BASE,
    grid: GRID,
    tooltip: tooltip(palette, (params) => {
      const { data } = params as { data: { gap?: Pick<Gap, 'number' | 'bias' | 'variance'> } };
      if (data.gap === undefined) return null;
      const { number, bias, variance } = data.gap;
      return {
        title: `Trial ${number}`,
        lines: [
          ['avoidable bias (train error)', exact(bias)],
          ['variance', exact(variance)],
          ['dev error', exact(bias + variance)],
        ],
      };
    }),
    xAxis: {
      ...axis(palette, { name: 'avoidable bias: train error', min: 0, max: xEnd, format, hasLines: false }),
    },
    yAxis: {
      ...axis(palette, { name: 'variance: dev error − train error', min: yStart, max: yEnd, format, hasLines: false }),
    },
    series: [
      {
        type: 'scatter',
        silent: true,
        symbolSize: 1,
        itemStyle: { color: 'transparent' },
        data: isShare
          ? [
              label('low bias, low variance', [0, yStart], 'left', false),
              label('high bias', [xEnd, yStart], 'right', false),
              label('high variance', [0, yEnd], 'left', true),
              label('high bias and high variance', [xEnd, yEnd], 'right', true),
            ]
          : [],
        markLine: {
          silent: true,
          symbol: 'none',
          label: { show: false },
          lineStyle: { color: palette.muted, type: 'dashed', width: 1 },
          data: isShare ? [{ xAxis: MATERIAL }, { yAxis: MATERIAL }] : [],
        },
      },
      {
        type: 'scatter',
        name: 'trials',
        symbolSize: gaps.length > 500 ? 5 : 9,
        itemStyle: { color: palette.accent, opacity: 0.55 },
        data: gaps.filter(({ id }) => id !== best).map(dot),
      },
      {
        type: 'scatter',
        name: 'best',
        symbolSize: 15,
        itemStyle: { color: palette.series[1], borderColor: palette.surface, borderWidth: 2 },
        data: gaps.filter(({ id }) => id === best).map(dot),
        label: { show: true, formatter: 'best', position: 'right', color: palette.text, fontSize: 12, fontWeight: 600 },
        z: 6,
      },
    ],
  };
}
