import type { EChartsCoreOption } from 'echarts/core';
import { formatNumber } from '../format/number.js';
import type { Palette } from './palette.js';
import type { SpaceAxis } from './space-axis.js';

export type ChartOption = EChartsCoreOption;

const FONT = '"Inter Variable", system-ui, sans-serif';

export interface AxisWish {
  readonly name?: string;
  readonly scale?: 'linear' | 'log' | 'oneMinusLog';
  readonly min?: number;
  readonly max?: number;
  readonly format?: (value: number) => string;
  readonly isInteger?: boolean;
  /** Names instead of numbers. */
  readonly names?: readonly string[];
  /** Whether lines go through the picture at its marks. */
  readonly hasLines?: boolean;
}

/** An axis in the style of the house. */
export function axis(palette: Palette, wish: AxisWish): Record<string, unknown> {
  const { name, scale = 'linear', min, max, format = formatNumber, isInteger = false, names, hasLines = true } = wish;
  const common = {
    name,
    nameLocation: 'middle',
    nameGap: 25, // beyond the labels; names of upright axes move farther out by themselves
    nameTextStyle: { color: palette.muted, fontFamily: FONT, fontSize: 12 },
    nameTruncate: { maxWidth: 240 },
    axisLine: { show: true, lineStyle: { color: palette.line } },
    axisTick: { show: false },
    axisLabel: { color: palette.muted, fontFamily: FONT, fontSize: 11, hideOverlap: true },
    splitLine: { show: hasLines, lineStyle: { color: palette.line, width: 1 } },
  };
  if (names !== undefined) return { ...common, type: 'category', data: [...names], splitLine: { show: false } };
  const bounds = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  return {
    ...common,
    type: scale === 'log' ? 'log' : 'value',
    scale: true,
    ...bounds,
    ...(isInteger && { minInterval: 1 }),
    axisLabel: { ...common.axisLabel, formatter: (value: number) => format(value) },
  };
}

/** Of more choices than that some are named: those between can be told by the points' own words. */
const MOST_CHOICES = 12;
/** Room for the name of a choice, in pixels. */
export const CHOICE_WIDTH = 120;

/** A parameter as an axis with a mark at each of its choices, or even on its scale. */
export function parameterAxis(palette: Palette, one: SpaceAxis): Record<string, unknown> {
  const { name, min, max, label, choices } = one;
  const drawn = axis(palette, { name, min, max, format: label, hasLines: false });
  if (choices === null) return drawn;
  const every = Math.ceil(choices.length / MOST_CHOICES);
  const customValues = choices.flatMap((_, place) => (place % every === 0 ? [place] : []));
  const axisLabel = drawn['axisLabel'] as Record<string, unknown>;
  return { ...drawn, axisLabel: { ...axisLabel, customValues, width: CHOICE_WIDTH, overflow: 'truncate' } };
}

/** The place of a picture with two axes: their labels and names are within it. */
export const GRID = { left: 4, right: 18, top: 14, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'all' };

/** Bounds of a logarithmic axis, close to what is on it: its own would be whole powers of ten. */
export function logBounds(values: readonly number[]): { readonly min: number; readonly max: number } {
  return { min: Math.min(...values) * 0.85, max: Math.max(...values) * 1.15 };
}

/** Whether values are best seen on a logarithmic axis: all above 0, and far apart. */
export function isWide(values: readonly number[]): boolean {
  return values.length > 0 && Math.min(...values) > 0 && Math.max(...values) / Math.min(...values) > 20;
}

export interface TooltipLine {
  readonly title: string;
  readonly lines: readonly (readonly [string, string])[];
}

/** A tooltip built of elements: the policy of the page forbids styles in text, and what is shown may be anybody's words. */
export function tooltip(palette: Palette, describe: (params: unknown) => TooltipLine | null): Record<string, unknown> {
  return {
    backgroundColor: palette.surface,
    borderColor: palette.line,
    textStyle: { color: palette.text, fontFamily: FONT, fontSize: 12.5 },
    confine: true,
    transitionDuration: 0,
    formatter: (params: unknown) => {
      const said = describe(params);
      if (said === null) return '';
      const box = document.createElement('div');
      box.className = 'tooltip';
      const head = document.createElement('strong');
      head.textContent = said.title;
      box.append(head);
      for (const [name, value] of said.lines) {
        const line = document.createElement('div');
        for (const text of [name, value]) {
          const part = document.createElement('span');
          part.textContent = text;
          line.append(part);
        }
        box.append(line);
      }
      return box;
    },
  };
}

export const BASE = { animation: false, textStyle: { fontFamily: FONT } };

/** The mark of a trial that breaks a constraint. */
export function hollow(palette: Palette): Record<string, unknown> {
  return { color: palette.surface, borderColor: palette.status['infeasible'], borderWidth: 1.5, opacity: 0.9 };
}

/** The scale of values as colours, the best first. */
export function valueScale(
  palette: Palette,
  {
    dimension,
    range,
    direction,
  }: {
    readonly dimension: number;
    readonly range: readonly [number, number];
    readonly direction: 'minimize' | 'maximize';
  },
): Record<string, unknown> {
  const color = direction === 'minimize' ? [...palette.scale] : palette.scale.toReversed();
  return { show: false, type: 'continuous', dimension, min: range[0], max: range[1], inRange: { color } };
}
