import { type Costs, dominates } from './pareto.js';

/**
 * Volume that points dominate up to a reference point (lower is better; points that are not below it in all objectives count
 * for nothing). Exact: a sweep for two objectives, for more the algorithm WFG (While, Bradstreet and Barone, IEEE TEVC 16,
 * 2012), whose time doubles with every objective at worst.
 */
export function hypervolume(points: readonly Costs[], reference: Costs): number {
  const inside = points.filter((point) => point.every((cost, m) => cost < reference[m]!));
  return volumeOf(frontAmong(inside), reference);
}

/** What each point adds to the volume of all. */
export function hypervolumeContributions(points: readonly Costs[], reference: Costs): number[] {
  const whole = hypervolume(points, reference);
  return points.map((_, i) => whole - hypervolume([...points.slice(0, i), ...points.slice(i + 1)], reference));
}

function volumeOf(front: readonly Costs[], reference: Costs): number {
  if (reference.length === 1) return front.reduce((most, [cost]) => Math.max(most, reference[0]! - cost!), 0);
  if (reference.length === 2) return areaOf(front, reference);
  // The worst in the last objective first: what is left of the others in its shadow is then small.
  const last = reference.length - 1;
  const sorted = [...front].sort((a, b) => b[last]! - a[last]!);
  return sorted.reduce((sum, point, i) => sum + exclusiveVolume(point, sorted.slice(i + 1), reference), 0);
}

/** What a point dominates and none of the others does. */
function exclusiveVolume(point: Costs, others: readonly Costs[], reference: Costs): number {
  const box = point.reduce((product, cost, m) => product * (reference[m]! - cost), 1);
  const shadows = others.map((other) => other.map((cost, m) => Math.max(cost, point[m]!)));
  return box - volumeOf(frontAmong(shadows), reference);
}

function areaOf(front: readonly Costs[], [endX, endY]: Costs): number {
  const sorted = [...front].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
  let area = 0;
  let top = endY!;
  for (const [x, y] of sorted) {
    if (y! >= top) continue;
    area += (endX! - x!) * (top - y!);
    top = y!;
  }
  return area;
}

/** The points that no other one dominates, each once. */
function frontAmong(points: readonly Costs[]): Costs[] {
  const front: Costs[] = [];
  for (const point of points) {
    if (front.some((other) => dominates(other, point) || other.every((cost, m) => cost === point[m]))) continue;
    for (let i = front.length - 1; i >= 0; i--) if (dominates(point, front[i]!)) front.splice(i, 1);
    front.push(point);
  }
  return front;
}
