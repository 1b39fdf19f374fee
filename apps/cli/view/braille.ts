/** One line of a chart. A value that is null, or not finite, is a gap. */
export interface Series {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number | null])[];
  /** Colours it; as it is where there is no colour. */
  readonly paint: (text: string) => string;
}

export interface ChartSize {
  /** Characters, with the labels. */
  readonly width: number;
  readonly height: number;
}

/** Dots of a Braille character by column and row, as bits (Unicode, block 2800). */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const BLANK = 0x2800;

/**
 * Curves in Braille: every character is two dots wide and four high. Below them the range of x, on the left that of y. A character
 * that two curves share has the colour of the later one. Nothing to draw gives no lines.
 */
export function brailleChart(
  series: readonly Series[],
  { width, height }: ChartSize,
  text: (value: number) => string,
): string[] {
  const points = series.flatMap((each) => each.points.filter(isPoint));
  if (points.length === 0) return [];
  const [x0, x1] = rangeOf(points.map(([x]) => x));
  const [y0, y1] = rangeOf(points.map(([, y]) => y));
  const labels = y0 === y1 ? [text(y0)] : [text(y1), text(y0)];
  const margin = Math.max(...labels.map(({ length }) => length));
  const columns = Math.max(8, width - margin - 2);
  const canvas = createCanvas(columns, height);
  const toX = (x: number) => (x1 === x0 ? 0 : Math.round(((x - x0) / (x1 - x0)) * (columns * 2 - 1)));
  const toY = (y: number) => (y1 === y0 ? height * 2 : Math.round(((y1 - y) / (y1 - y0)) * (height * 4 - 1)));
  series.forEach(({ points: curve }, index) => {
    let last: readonly [number, number] | null = null;
    for (const point of curve) {
      const here = isPoint(point) ? ([toX(point[0]), toY(point[1])] as const) : null;
      if (here !== null) canvas.line(last ?? here, here, index);
      last = here;
    }
  });
  const middle = Math.floor((height - 1) / 2);
  const label = (row: number) => {
    if (labels.length === 1) return row === middle ? (labels[0] ?? '') : '';
    return row === 0 ? (labels[0] ?? '') : row === height - 1 ? (labels[1] ?? '') : '';
  };
  const rows = canvas.rows((characters, index) =>
    index === null ? characters : (series[index]?.paint(characters) ?? characters),
  );
  const ends = [text(x0), x1 === x0 ? '' : text(x1)];
  const gap = Math.max(1, columns - (ends[0]?.length ?? 0) - (ends[1]?.length ?? 0));
  return [
    ...rows.map((row, index) => `${label(index).padStart(margin)} ┤${row}`),
    `${' '.repeat(margin + 2)}${ends[0]}${' '.repeat(gap)}${ends[1]}`,
  ];
}

function isPoint(point: readonly [number, number | null]): point is readonly [number, number] {
  return point[1] !== null && Number.isFinite(point[1]);
}

function rangeOf(values: readonly number[]): readonly [min: number, max: number] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return [min, max];
}

function createCanvas(columns: number, height: number) {
  const bits = new Uint8Array(columns * height);
  const owner = new Int32Array(columns * height).fill(-1);
  const dot = (x: number, y: number, index: number) => {
    const cell = (y >> 2) * columns + (x >> 1);
    bits[cell] = (bits[cell] ?? 0) | (DOTS[x & 1]?.[y & 3] ?? 0);
    owner[cell] = index;
  };
  return {
    /** Bresenham's line. */
    line([fromX, fromY]: readonly [number, number], [toX, toY]: readonly [number, number], index: number): void {
      const dx = Math.abs(toX - fromX);
      const dy = -Math.abs(toY - fromY);
      const stepX = fromX < toX ? 1 : -1;
      const stepY = fromY < toY ? 1 : -1;
      let error = dx + dy;
      let x = fromX;
      let y = fromY;
      for (;;) {
        dot(x, y, index);
        if (x === toX && y === toY) return;
        const doubled = 2 * error;
        if (doubled >= dy) {
          error += dy;
          x += stepX;
        }
        if (doubled <= dx) {
          error += dx;
          y += stepY;
        }
      }
    },
    /** Runs of characters of one owner are painted together. */
    rows(paint: (characters: string, index: number | null) => string): string[] {
      return Array.from({ length: height }, (_, row) => {
        let line = '';
        let run = '';
        let of = -1;
        for (let column = 0; column <= columns; column++) {
          const cell = row * columns + column;
          const next = column === columns ? -2 : (owner[cell] ?? -1);
          if (next !== of && run !== '') {
            line += paint(run, of < 0 ? null : of);
            run = '';
          }
          of = next;
          if (column < columns) run += bits[cell] === 0 ? ' ' : String.fromCharCode(BLANK + (bits[cell] ?? 0));
        }
        return line.trimEnd();
      });
    },
  };
}
