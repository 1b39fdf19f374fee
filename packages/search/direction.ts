import type { Direction } from '@caviar/spec';

/** An objective value as the search sees it: lower is better. Null for what is not a finite number. */
export function lowerIsBetter(value: number | null, direction: Direction): number | null {
  if (value === null || !Number.isFinite(value)) return null;
  return direction === 'maximize' ? 0 - value : value;
}
