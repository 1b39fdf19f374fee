import { harmless } from './cells.js';
import { fit } from './style.js';

/** Where the screen is drawn: a terminal, a pipe, or a test's array. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  /** Width; undefined on a pipe. */
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Lines that stay, and below them, on a terminal, lines that are drawn again and again in place. */
export interface Screen {
  readonly isLive: boolean;
  /** Columns of a line. */
  width(): number;
  /** The same for tables: on a pipe all of them, whoever reads it may cut. */
  tableWidth(): number;
  /** Adds lines that stay. */
  print(...lines: readonly string[]): void;
  /** Replaces the live lines. Does nothing on a pipe. */
  draw(lines: readonly string[]): void;
}

const PIPE_WIDTH = 120;
const USUAL_WIDTH = 79; // of a terminal that does not know its size: CI's, and those of containers, say 0

/** A live region needs a terminal that can move its cursor. */
export function createScreen(output: Output, isDumb = false): Screen {
  const isLive = output.isTTY === true && !isDumb;
  // one less than there are: a full line would make some terminals wrap, and the count of lines would be wrong
  const width = () => {
    if (output.columns === undefined) return PIPE_WIDTH;
    return output.columns === 0 ? USUAL_WIDTH : Math.max(10, output.columns - 1);
  };
  let live: readonly string[] = [];
  const erased = () => (live.length === 0 ? '' : `\x1b[${live.length}A\r\x1b[0J`);
  const text = (lines: readonly string[]) => lines.map((line) => `${fit(harmless(line), width())}\n`).join('');
  return {
    isLive,
    width,
    tableWidth: () => (output.columns === undefined ? Number.POSITIVE_INFINITY : width()),
    print(...lines) {
      const kept = lines.map((line) => `${harmless(line)}\n`).join(''); // may wrap: nobody will have to erase it
      output.write(erased() + kept + text(live)); // in one write, so that nothing flickers
    },
    draw(lines) {
      if (!isLive) return;
      output.write(erased() + text(lines));
      live = lines;
    },
  };
}
