import type { TableFilter } from '@caviar/contracts';
import type { SpaceAxis } from '../../../charts/space-axis.js';

/** Ranges chosen along axes, by the column that the axis shows, in its own places; a line is chosen that goes through one of each. */
export type Brush = Readonly<Record<string, readonly (readonly [number, number])[]>>;

/** The column of the table that has a parameter. */
export function columnOf(parameter: string): string {
  return `params.${parameter}`;
}

/** Reads ranges from an address, where anybody may have written. */
export function readBrush(text: string): Brush {
  try {
    const read = JSON.parse(text) as unknown;
    if (typeof read !== 'object' || read === null) return {};
    return Object.fromEntries(
      Object.entries(read).filter(([, ranges]) => Array.isArray(ranges) && ranges.every(isRange)),
    );
  } catch {
    return {};
  }
}

function isRange(range: unknown): boolean {
  return Array.isArray(range) && range.length === 2 && range.every((end) => typeof end === 'number');
}

export function writeBrush(brush: Brush): string {
  const chosen = Object.entries(brush).filter(([, ranges]) => ranges.length > 0);
  if (chosen.length === 0) return '';
  // Five digits are finer than a mouse.
  const short = (end: number) => Number(end.toPrecision(5));
  const sorted = (ranges: Brush[string]) => ranges.map(([a, b]) => [short(Math.min(a, b)), short(Math.max(a, b))]);
  return JSON.stringify(Object.fromEntries(chosen.map(([name, ranges]) => [name, sorted(ranges)])));
}

/** Whether places on axes, by column, lie within the chosen ranges. */
export function isChosen(brush: Brush, placeOn: (column: string) => number | null | undefined): boolean {
  return Object.entries(brush).every(([column, ranges]) => {
    const place = placeOn(column);
    return typeof place === 'number' && ranges.some(([low, high]) => place >= low && place <= high);
  });
}

/** The same as a filter of the table. Of several ranges on an axis it has the whole from the first to the last. */
export function filterOf(brush: Brush, axes: readonly SpaceAxis[]): TableFilter {
  const filter: TableFilter = {};
  for (const [column, ranges] of Object.entries(brush)) {
    const low = Math.min(...ranges.map(([from]) => from));
    const high = Math.max(...ranges.map(([, to]) => to));
    const axis = axes.find(({ name }) => column === columnOf(name));
    if (axis === undefined) {
      filter[column] = { min: low, max: high };
    } else if (axis.values === null) {
      filter[column] = { min: axis.value(low), max: axis.value(high) };
    } else {
      const wanted = axis.values.filter((_, i) => i >= low && i <= high);
      if (wanted.length > 0) filter[column] = { in: [...wanted] };
    }
  }
  return filter;
}
