export const CELLS = 36;

interface Range {
  readonly min: number;
  readonly max: number;
}

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

/** A cell: where it is among them, where its corner is on the axes, and what is expected there. */
interface Cell {
  readonly column: number;
  readonly row: number;
  readonly at: number;
  readonly up: number;
  readonly value: number;
}

/** Trials beyond that add little to a picture of 36 by 36 cells. */
const MOST = 800;
/** Width of the kernel as a share of the axis, for ten trials; it narrows as trials come. */
const WIDTH = 0.16;

/**
 * What is expected at every cell: the mean of the trials, weighted by a Gaussian of their distance (Nadaraya and Watson), in
 * the picture's own scale. Cells far from any trial are left out: nothing is known there.
 */
export function surface(
  placed: readonly Placed[],
  { x, y, cells }: { readonly x: Range; readonly y: Range; readonly cells: number },
): readonly Cell[] {
  if (placed.length < 3) return [];
  const every = Math.ceil(placed.length / MOST);
  const used = placed.filter((_, i) => i % every === 0);
  const points = used.map((point) => ({
    u: (point.x - x.min) / (x.max - x.min),
    v: (point.y - y.min) / (y.max - y.min),
    value: point.value,
  }));
  const width = WIDTH * (10 / Math.max(10, points.length)) ** (1 / 6);
  const found: Cell[] = [];
  for (let i = 0; i < cells; i++) {
    for (let j = 0; j < cells; j++) {
      const [u, v] = [(i + 0.5) / cells, (j + 0.5) / cells];
      let [sum, weights] = [0, 0];
      for (const point of points) {
        const distance = ((point.u - u) ** 2 + (point.v - v) ** 2) / (2 * width * width);
        const weight = Math.exp(-distance);
        sum += weight * point.value;
        weights += weight;
      }
      if (weights < 0.05) continue;
      found.push({
        column: i,
        row: j,
        at: x.min + (i / cells) * (x.max - x.min),
        up: y.min + (j / cells) * (y.max - y.min),
        value: sum / weights,
      });
    }
  }
  return found;
}
