import type { EChartsType } from 'echarts/core';

export interface ChartClick {
  readonly data?: unknown;
  readonly seriesIndex?: number;
  /** `line` where a line was hit between its points, of which there is no `data` then. */
  readonly selfType?: string;
  readonly event?: { readonly offsetX: number; readonly offsetY: number };
}

interface Item {
  readonly value?: readonly unknown[];
  readonly trialId?: unknown;
}

/** The trial of what was clicked; of a line between two points, that of the point before. Null for what is of no trial. */
export function trialAt(chart: EChartsType, { data, seriesIndex, selfType, event }: ChartClick): string | null {
  const own = (data as Item | null | undefined)?.trialId;
  if (typeof own === 'string') return own;
  if (selfType !== 'line' || seriesIndex === undefined || event === undefined) return null;
  const [x] = chart.convertFromPixel({ seriesIndex }, [event.offsetX, event.offsetY]) as unknown as number[];
  const { series } = chart.getOption() as { series?: readonly { readonly data?: readonly Item[] }[] };
  const items = (series?.[seriesIndex]?.data ?? []).filter(({ trialId }) => typeof trialId === 'string');
  const before = items.findLast(({ value }) => typeof value?.[0] === 'number' && value[0] <= (x ?? 0)) ?? items[0];
  return (before?.trialId as string | undefined) ?? null;
}
