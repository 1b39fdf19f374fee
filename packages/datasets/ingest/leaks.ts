import type { Dataset } from '@caviar/spec';

/** Share of the rows whose class a single column gives away. */
const PURE = 0.998;
const CORRELATED = 0.9995;
/** Of more rows, about so many are looked at, drawn by their number: a leak shows in them as well. */
const ENOUGH = 100_000;

/**
 * Whether a column gives the target away: for classes, when each of its values, or each of a few ranges of them, has one class;
 * for a regression, when it lies on a line with the target.
 */
export function leaksTarget({ info, targets }: Dataset, cells: Float32Array, kind: 'numeric' | 'categorical'): boolean {
  const rows: number[] = [];
  let seen = 0;
  for (let row = 0; row < cells.length; row++) {
    // Knuth's multiplicative hash: no period of the data can hide behind it
    if (cells.length > ENOUGH && Math.imul(row, 2_654_435_761) >>> 0 >= (ENOUGH / cells.length) * 2 ** 32) continue;
    seen++;
    if (!Number.isNaN(cells[row])) rows.push(row);
  }
  if (rows.length < seen / 2) return false;
  if (info.task === 'regression') return kind === 'numeric' && correlation(rows, cells, targets) > CORRELATED;
  const byValue = new Map<number, Map<number, number>>();
  for (const row of rows) {
    const value = cells[row]!;
    const classes = byValue.get(value) ?? new Map<number, number>();
    byValue.set(value, classes);
    classes.set(targets[row]!, (classes.get(targets[row]!) ?? 0) + 1);
  }
  const values = [...byValue].map(([value, classes]) => {
    const [majority] = [...classes].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    return { value, label: majority![0], right: majority![1] };
  });
  if (values.reduce((sum, { right }) => sum + right, 0) < PURE * rows.length) return false;
  // A text of its own for every row tells nothing of the next one; numbers must lie in a few ranges.
  if (kind === 'categorical') return values.length <= rows.length / 5;
  const ranges = values
    .sort((a, b) => a.value - b.value)
    .filter(({ label }, i, all) => i === 0 || label !== all[i - 1]!.label);
  return ranges.length <= (info.classes ?? 1) + (1 - PURE) * values.length;
}

/** Size of Pearson's coefficient. */
function correlation(rows: readonly number[], x: ArrayLike<number>, y: ArrayLike<number>): number {
  const mean = (of: ArrayLike<number>) => rows.reduce((sum, row) => sum + of[row]!, 0) / rows.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  let [xx, yy, xy] = [0, 0, 0];
  for (const row of rows) {
    const [dx, dy] = [x[row]! - meanX, y[row]! - meanY];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xx === 0 || yy === 0 ? 0 : Math.abs(xy) / Math.sqrt(xx * yy);
}
