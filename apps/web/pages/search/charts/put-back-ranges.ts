import type { EChartsType } from 'echarts/core';
import type { Brush } from './brush.js';

interface Cover {
  readonly name?: string;
  readonly parent?: { readonly __brushOption?: { brushStyle: object } };
  setStyle(style: object): void;
}

interface AreaStyle {
  readonly color?: string;
  readonly borderColor?: string;
  readonly opacity?: number;
}

/** Ranges on the axes of a picture that was drawn anew: the lines within them, and their rectangles. */
export function putBackRanges(chart: EChartsType, brush: Brush): void {
  const ranges = Object.entries(brush);
  for (const [parallelAxisId, intervals] of ranges) {
    chart.dispatchAction({ type: 'axisAreaSelect', parallelAxisId, intervals });
  }
  if (ranges.length === 0) return;
  // An axis that is told its ranges takes it that a mouse has drawn them already; another layout has it draw them.
  chart.resize({ silent: true });
  colourRanges(chart);
}

const coloured = new WeakSet<object>();

/** What the library draws again of a range has a colour of its own: it gets that of the axis, as under the mouse. */
export function colourRanges(chart: EChartsType): void {
  const shapes = chart.getZr().storage.getDisplayList(true) as unknown as readonly Cover[];
  const covers = shapes.flatMap((cover) => {
    const option = cover.name === 'main' ? cover.parent?.__brushOption : undefined;
    return option === undefined || coloured.has(option) ? [] : [{ cover, option }];
  });
  if (covers.length === 0) return;
  const { parallelAxis } = chart.getOption() as { parallelAxis?: readonly { readonly areaSelectStyle?: AreaStyle }[] };
  const { color, borderColor, opacity } = parallelAxis?.[0]?.areaSelectStyle ?? {};
  const brushStyle = { fill: color, stroke: borderColor, lineWidth: 1, opacity };
  for (const { cover, option } of covers) {
    coloured.add(option);
    option.brushStyle = brushStyle;
    cover.setStyle(brushStyle);
  }
}
