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

/** Where an axis ends that is even: beyond what nine in ten have, so that a few that went astray do not press the others together. */
function endOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.max(2 * MATERIAL, 1.15 * (sorted[Math.floor(0.9 * (sorted.length - 1))] ?? 0));
}

interface GapAxis {
  readonly min: number;
  readonly max: number;
  place(gap: number): number;
  readonly ticks: Readonly<Record<string, unknown>>;
}

const SHARES = [0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

/** Shares on a scale that is even around 0 and logarithmic beyond: small gaps and large ones are both seen, and nothing is cut. */
function shareAxis(gaps: readonly number[], format: (value: number) => string): GapAxis {
  const unit = MATERIAL / 2;
  const place = (gap: number) => Math.asinh(gap / unit);
  const [least, most] = [Math.min(0, ...gaps), Math.max(4 * MATERIAL, ...gaps)];
  const customValues = [...SHARES.map((share) => -share), ...SHARES]
    .filter((share) => share >= 1.05 * least && share <= 1.05 * most)
    .map(place);
  const formatter = (at: number) => format(unit * Math.sinh(at));
  return {
    min: place(1.15 * least),
    max: place(1.15 * most),
    place,
    ticks: { customValues: [...new Set(customValues)].sort((a, b) => a - b), formatter },
  };
}

function evenAxis(gaps: readonly number[], format: (value: number) => string): GapAxis {
  const max = endOf(gaps);
  const min = Math.min(0, ...gaps.map((gap) => Math.max(gap, -max / 4)));
  return { min, max, place: (gap) => Math.min(Math.max(gap, min), max), ticks: { formatter: format } };
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
  const axisFor = isShare ? shareAxis : evenAxis;
  const x = axisFor(
    gaps.map(({ bias }) => bias),
    format,
  );
  const y = axisFor(
    gaps.map(({ variance }) => variance),
    format,
  );
  const dot = ({ id, number, bias, variance }: Gap) => ({
    value: [x.place(bias), y.place(variance)],
    trialId: id,
    gap: { number, bias, variance },
    symbol: !isShare && (bias > x.max || variance > y.max) ? 'triangle' : 'circle',
  });
  const axisOf = (name: string, { min, max, ticks }: GapAxis) => {
    const base = axis(palette, { name, min, max, hasLines: false });
    return { ...base, axisLabel: { ...(base['axisLabel'] as object), ...ticks } };
  };
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
    xAxis: axisOf('avoidable bias: train error', x),
    yAxis: axisOf('variance: dev error − train error', y),
    series: [
      {
        type: 'scatter',
        silent: true,
        data: [],
        ...(isShare && { markArea: quadrants(palette, x, y) }),
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

/** The four columns of the notes' table as areas. */
function quadrants(palette: Palette, x: GapAxis, y: GapAxis) {
  const [atX, atY] = [x.place(MATERIAL), y.place(MATERIAL)];
  const area = (
    name: string,
    {
      from,
      to,
      position,
      color,
    }: Readonly<Record<'from' | 'to', readonly [number, number]>> & {
      readonly position: string;
      readonly color: string | undefined;
    },
  ) => [
    {
      name,
      coord: from,
      itemStyle: { color, opacity: 0.07 },
      label: { show: true, position, color: palette.muted, fontSize: 12, lineHeight: 16, fontWeight: 500, distance: 8 },
    },
    { coord: to },
  ];
  const { status } = palette;
  return {
    silent: true,
    data: [
      area('low bias,\nlow variance', {
        from: [x.min, y.min],
        to: [atX, atY],
        position: 'insideBottomLeft',
        color: status['completed'],
      }),
      area('high bias', {
        from: [atX, y.min],
        to: [x.max, atY],
        position: 'insideBottomRight',
        color: status['pruned'],
      }),
      area('high variance', {
        from: [x.min, atY],
        to: [atX, y.max],
        position: 'insideTopLeft',
        color: status['running'],
      }),
      area('high bias and\nhigh variance', {
        from: [atX, atY],
        to: [x.max, y.max],
        position: 'insideTopRight',
        color: status['failed'],
      }),
    ],
  };
}
