import type { TrialCurvesView } from '@caviar/contracts';
import { axis, BASE, GRID, tooltip } from '../../../charts/option.js';
import type { Palette } from '../../../charts/palette.js';
import { formatMetric, formatTick } from '../../../format/number.js';

/** A metric of dev and its twin of train; or one that has no twin. */
export interface Pair {
  readonly name: string;
  readonly dev: string;
  readonly train: string | null;
}

/** What can be drawn: `error` for dev.error and train.error, others by their own name; norms of layers come last. */
export function pairsOf({ items }: TrialCurvesView): readonly Pair[] {
  const names = new Set(items.flatMap(({ metrics }) => Object.keys(metrics)));
  const pairs: Pair[] = [];
  const alone: Pair[] = [];
  for (const name of names) {
    const [part, rest] = [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)];
    const train = `train.${rest}`;
    if (part === 'dev') pairs.push({ name: rest, dev: name, train: names.has(train) ? train : null });
    else if (part !== 'train' || !names.has(`dev.${rest}`)) alone.push({ name, dev: name, train: null });
  }
  return [...pairs, ...alone];
}

export function curvesOption({
  palette,
  curves,
  pair,
  isLog,
}: {
  readonly palette: Palette;
  readonly curves: TrialCurvesView;
  readonly pair: Pair;
  readonly isLog: boolean;
}) {
  const { dev, train } = pair;
  const format = (value: number) => formatMetric(dev, value);
  const line = (trial: TrialCurvesView['items'][number], index: number, metric: string) => {
    const color = palette.series[index % palette.series.length];
    const isTrain = metric === train;
    return {
      type: 'line',
      name: `#${trial.number}${isTrain ? ' train' : train === null ? '' : ' dev'}`,
      data: trial.steps.map((step, i) => {
        const value = trial.metrics[metric]?.[i] ?? null;
        return { value: [step, isLog && value !== null && value <= 0 ? null : value], trialId: trial.trialId };
      }),
      showSymbol: trial.steps.length === 1,
      symbolSize: 5,
      triggerEvent: 'line',
      lineStyle: {
        color,
        width: isTrain ? 1.25 : 1.75,
        type: isTrain ? 'dashed' : 'solid',
        opacity: isTrain ? 0.75 : 1,
      },
      itemStyle: { color },
      emphasis: { focus: 'series', lineStyle: { width: 2.75 } },
      z: isTrain ? 2 : 3,
    };
  };
  return {
    ...BASE,
    grid: GRID,
    tooltip: {
      ...tooltip(palette, (params) => {
        const { seriesName, value } = params as { seriesName: string; value: [number, number] };
        return {
          title: seriesName,
          lines: [
            ['step', String(value[0])],
            [pair.name, format(value[1])],
          ],
        };
      }),
      trigger: 'item',
    },
    xAxis: {
      ...axis(palette, { name: 'step', isInteger: true, hasLines: false }),
      min: 'dataMin',
      max: 'dataMax',
    },
    yAxis: axis(palette, { name: pair.name, format: formatTick(dev), ...(isLog && { scale: 'log' as const }) }),
    series: curves.items.flatMap((trial, i) => [
      ...(train === null ? [] : [line(trial, i, train)]),
      line(trial, i, dev),
    ]),
  };
}
