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
  const sorted = Float64Array.from(positions).sort();
  const floor = Math.max(FINEST, 1 / (n + 2));
  return Float64Array.from(positions, (x) => {
    if (n === 1) return Math.max(x, 1 - x);
    const below = lowerBound(sorted, x) - 1;
    let above = below + 1;
    while (above < n && sorted[above] === x) above++;
    const left = below >= 0 ? x - sorted[below]! : 0;
    const right = above < n ? sorted[above]! - x : 0;
    return Math.max(floor, left, right);
  });
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
