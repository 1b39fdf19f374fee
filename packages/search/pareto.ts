/** Costs of one point, one per objective; lower is better, Infinity for none. All points have the same number. */
export type Costs = readonly number[];

/** Whether a point is at least as good in every objective and better in one. */
export function dominates(a: Costs, b: Costs): boolean {
  let isBetter = false;
  for (let m = 0; m < a.length; m++) {
    if (a[m]! > b[m]!) return false;
    if (a[m]! < b[m]!) isBetter = true;
  }
  return isBetter;
}

/**
 * Non-domination rank of each point, from 0: the front, then the front of what is left without it, and so on.
 *
 * Efficient non-dominated sort by binary search (Zhang, Tian, Cheng and Jin, IEEE TEVC 19, 2015): in lexicographic order no
 * point is dominated by a later one, and fronts can be searched since a point that a front dominates is dominated by all
 * fronts before it.
 */
export function nonDominationRanks(points: readonly Costs[]): number[] {
  const order = points.map((_, i) => i).sort((a, b) => lexicographic(points[a]!, points[b]!) || a - b);
  const fronts: number[][] = [];
  const ranks: number[] = new Array(points.length).fill(0);
  for (const i of order) {
    const point = points[i]!;
    let low = 0;
    let high = fronts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isDominatedBy(point, fronts[middle]!, points)) low = middle + 1;
      else high = middle;
    }
    const front = fronts[low];
    if (front === undefined) fronts.push([i]);
    else front.push(i);
    ranks[i] = low;
  }
  return ranks;
}

/** Later members of a front are closer in the first objective, so they are looked at first; two objectives need only the last. */
function isDominatedBy(point: Costs, front: readonly number[], points: readonly Costs[]): boolean {
  if (point.length === 2) return dominates(points[front.at(-1)!]!, point);
  for (let k = front.length - 1; k >= 0; k--) {
    if (dominates(points[front[k]!]!, point)) return true;
  }
  return false;
}

function lexicographic(a: Costs, b: Costs): number {
  for (let m = 0; m < a.length; m++) {
    if (a[m]! !== b[m]!) return a[m]! < b[m]! ? -1 : 1;
  }
  return 0;
}

/**
 * Crowding distance of each point among its own (Deb et al., IEEE TEVC 6, 2002): the sum over objectives of the gap between
 * its neighbours, as a share of the objective's span; Infinity at the ends. Larger is lonelier.
 */
export function crowdingDistances(points: readonly Costs[]): number[] {
  const distances: number[] = new Array(points.length).fill(0);
  const objectives = points[0]?.length ?? 0;
  // With one objective only equal points share a front.
  if (objectives === 1) return distances;
  for (let m = 0; m < objectives; m++) {
    const order = points.map((_, i) => i).sort((a, b) => points[a]![m]! - points[b]![m]! || a - b);
    const lowest = points[order[0]!]![m]!;
    const span = points[order.at(-1)!]![m]! - lowest;
    distances[order[0]!] = Number.POSITIVE_INFINITY;
    distances[order.at(-1)!] = Number.POSITIVE_INFINITY;
    if (!(span > 0 && Number.isFinite(span))) continue;
    for (let k = 1; k < order.length - 1; k++) {
      distances[order[k]!]! += (points[order[k + 1]!]![m]! - points[order[k - 1]!]![m]!) / span;
    }
  }
  return distances;
}
