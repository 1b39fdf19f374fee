/** A point of a curve: x, y. */
export type Point = readonly [x: number, y: number];

/** The median of the slopes of all pairs (Theil and Sen): a few outliers, up to 29 % of the points, do not move it. */
export function medianSlope(points: readonly Point[]): number {
  const slopes = points.flatMap(([x, y], i) => points.slice(i + 1).map(([u, v]) => (v - y) / (u - x)));
  return median(slopes);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

export interface Growth {
  /** Median of the curve's first and last fifth. */
  readonly from: number;
  readonly to: number;
  /** By the median slope, from the first point to the last. */
  readonly by: number;
  readonly isFlat: boolean;
}

/** Whether a curve stays where it is: it rises by no more than a share of its median, or by what noise may be. */
export function growth(
  points: readonly Point[],
  { share, noise }: { readonly share: number; readonly noise: number },
): Growth {
  const values = points.map(([, y]) => y);
  const fifth = Math.max(1, Math.floor(points.length / 5));
  const first = points[0]?.[0] ?? 0;
  const last = points.at(-1)?.[0] ?? 0;
  const by = points.length < 2 ? 0 : medianSlope(points) * (last - first);
  const most = Math.max(noise, share * median(values));
  return { from: median(values.slice(0, fifth)), to: median(values.slice(-fifth)), by, isFlat: by <= most };
}
