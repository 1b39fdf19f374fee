/** Least bandwidth. */
const FINEST = 0.01;

/**
 * Bandwidths of kernels on [0, 1], one per position: the distance to the farther of the two positions next to it, where
 * those that coincide count as one; the ends of the range are neighbours only of a single kernel. At least
 * 1 / (number of kernels + 2), at most 1.
 *
 * The floor ("magic clipping") keeps kernels that lie close together from becoming spikes: Bergstra, Bardenet, Bengio
 * and Kégl, "Algorithms for hyper-parameter optimization" (NIPS 2011).
 */
export function bandwidths(positions: readonly number[]): Float64Array {
  const n = positions.length;
  if (n === 1) return Float64Array.of(Math.max(positions[0]!, 1 - positions[0]!));
  const sorted = Float64Array.from(positions).sort();
  const floor = Math.max(FINEST, 1 / (n + 2));
  const widths = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const x = positions[k]!;
    const first = lowerBound(sorted, x);
    let above = first + 1;
    while (above < n && sorted[above] === x) above++;
    const left = first > 0 ? x - sorted[first - 1]! : 0;
    const right = above < n ? sorted[above]! - x : 0;
    widths[k] = Math.max(floor, left, right);
  }
  return widths;
}

/** Index of the first that is not below x. */
function lowerBound(sorted: Float64Array, x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
