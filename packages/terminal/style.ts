import { cellsOf } from './cells.js';

/** Emphasis, or none: on a pipe, and for people who set NO_COLOR, every function returns its text as it is. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly magenta: (text: string) => string;
}

/** ANSI escapes when there is colour, plain text otherwise. */
export function styleFor(hasColor: boolean): Style {
  const wrap = (code: number) => (text: string) => (hasColor ? `\x1b[${code}m${text}\x1b[0m` : text);
  return {
    bold: wrap(1),
    dim: wrap(2),
    green: wrap(32),
    red: wrap(31),
    cyan: wrap(36),
    yellow: wrap(33),
    magenta: wrap(35),
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with a control character
const COLOUR = /(\x1b\[[0-9;]*m)/;

/** Cuts a line to `columns` on the screen; escapes take no room, and are closed again after a cut. */
export function fit(line: string, columns: number): string {
  const parts = line.split(COLOUR); // texts, and between them escapes
  const tokens = parts.flatMap((part, index) => (index % 2 === 1 ? ([[part, 0]] as const) : cellsOf(part)));
  if (tokens.reduce((sum, [, width]) => sum + width, 0) <= columns) return line;
  let room = columns - 1;
  let cut = '';
  for (const [text, width] of tokens) {
    if (width > room) break;
    room -= width;
    cut += text;
  }
  return `${cut}…${parts.length === 1 ? '' : '\x1b[0m'}`;
}
