/** Null is a missing value. Texts are as they stand in the file: those of a CSV file may be numbers. */
export type Cell = string | number | null;

/** Rows of one file in order, to be gone through as often as it takes. */
export interface Records {
  readonly field: string;
  readonly names: readonly string[];
  /** `line` tells people where the row is: its line in a text, its number from 1 in a table without lines. */
  each(visit: (cells: readonly Cell[], line: number) => void): Promise<void>;
  /** `line` or `row`, as `line` is to be called. */
  readonly unit: 'line' | 'row';
}

const MISSING = new Set('|?|NA|N/A|n/a|NaN|nan|NAN|-nan|-NaN|null|NULL|#N/A|#NA|<NA>|1.#QNAN|-1.#IND'.split('|'));
/** What people write among numbers where there is none; in other columns these are texts like others. */
const STAND_INS = new Set([
  '-',
  '--',
  '---',
  '.',
  '..',
  '*',
  'none',
  'nil',
  'missing',
  'unknown',
  'n.a.',
  'not available',
]);
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A text of a file as a cell: trimmed, and null for the ways to write nothing. */
export function cellOf(text: string): string | null {
  const trimmed = text.trim();
  return MISSING.has(trimmed) ? null : trimmed;
}

/** Whether a text among numbers says that there is none. */
export function isStandIn(cell: string | number): boolean {
  return typeof cell === 'string' && STAND_INS.has(cell.toLowerCase());
}

const COMMA_NUMBER = /^[+-]?\d+(,\d+)?([eE][+-]?\d+)?$/;

/** A text that spells a number with a decimal comma, or a whole one, with a point; null for another. */
export function withPoint(cell: string): string | null {
  return COMMA_NUMBER.test(cell) ? cell.replace(',', '.') : null;
}

/** The number that a cell is or spells; null for a text. */
export function numberOf(cell: string | number): number | null {
  if (typeof cell === 'number') return cell;
  if (!NUMBER.test(cell)) return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}
