import type { Measurement, Metrics } from '@caviar/spec';
import type { CurvePoint } from '../orchestrator.js';

/** A learning curve as it is shown: smoothed over all its points first, thinned afterwards. */
export function presentCurve(
  measurements: readonly Measurement[],
  { maxPoints, beta }: { readonly maxPoints?: number | undefined; readonly beta?: number | undefined },
): readonly CurvePoint[] {
  const points = beta === undefined ? measurements : smooth(measurements, beta);
  return maxPoints === undefined ? points : thin(points, maxPoints);
}

/**
 * Bias-corrected exponentially weighted averages of every metric (seed 2.2): v = beta v + (1 - beta) x, shown as
 * v / (1 - beta^t), t counting the finite values. A value that is not finite leaves the average as it is.
 */
function smooth(measurements: readonly Measurement[], beta: number): CurvePoint[] {
  const averages = new Map<string, { value: number; bias: number }>();
  return measurements.map((measurement) => {
    const smoothed: Record<string, number | null> = {};
    for (const [name, x] of Object.entries(measurement.metrics)) {
      const average = averages.get(name) ?? { value: 0, bias: 1 };
      if (x !== null) {
        average.value = beta * average.value + (1 - beta) * x;
        average.bias *= beta; // beta^t as a running product
        averages.set(name, average);
      }
      smoothed[name] = averages.has(name) ? average.value / (1 - average.bias) : null;
    }
    return { ...measurement, smoothed: smoothed as Metrics };
  });
}

/** At most `maxPoints` (2 or more) of the points, evenly spread, the first and the last among them. */
export function thin<Point>(points: readonly Point[], maxPoints: number): readonly Point[] {
  if (points.length <= maxPoints) return points;
  const last = points.length - 1;
  return Array.from({ length: maxPoints }, (_, i) => points[Math.round((i * last) / (maxPoints - 1))]!);
}
