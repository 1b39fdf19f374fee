import { logChebyshevImprovement } from './log-chebyshev-improvement.js';
import { logExpectedImprovement } from './log-expected-improvement.js';
import { logNormalCdf } from './mills-ratio.js';
import type { Posterior, Prediction } from './posterior.js';
import type { Score } from './score.js';

/** What a trial promises at features, [F]; larger is better. */
export interface Acquisition {
  at(features: Float64Array): number;
  /** At many; `isRough` by deviations that go by a part of the trials, so they are too large rather than too small. */
  atAll(points: readonly Float64Array[], isRough: boolean): number[];
  /** With its slopes along the axes, [F]. */
  sloped(features: Float64Array): { readonly value: number; readonly slopes: Float64Array };
}

/** Trials at least that a rough look goes by. */
const ROUGH_TRIALS = 48;

/** Of one process: the logarithm of the expected improvement on `best`. */
export function improvementOf(posterior: Posterior, best: number): Acquisition {
  return acquisitionOf([posterior], ([prediction]) => {
    const { value, dMean, dDeviation } = logExpectedImprovement(best, prediction!);
    return { value, slopes: [{ dMean, dDeviation }] };
  });
}

/** Of several processes, one for each objective: the same of their weighted maximum. */
export function chebyshevImprovementOf(
  posteriors: readonly Posterior[],
  scalar: Parameters<typeof logChebyshevImprovement>[0],
): Acquisition {
  return acquisitionOf(posteriors, (predictions) => logChebyshevImprovement(scalar, predictions));
}

/** Of the process of a bounded quantity: the logarithm of the probability that it is not above 0. */
export function feasibilityOf(posterior: Posterior): Acquisition {
  return acquisitionOf([posterior], ([prediction]) => {
    const { mean, deviation } = prediction!;
    const z = -mean / deviation;
    const { value, slope } = logNormalCdf(z);
    return { value, slopes: [{ dMean: -slope / deviation, dDeviation: (-slope * z) / deviation }] };
  });
}

/** Two promises at once, such as an improvement and that it keeps the constraints: logarithms add up. */
export function both(one: Acquisition, other: Acquisition): Acquisition {
  return {
    at: (features) => one.at(features) + other.at(features),
    atAll: (points, isRough) => {
      const others = other.atAll(points, isRough);
      return one.atAll(points, isRough).map((value, i) => value + others[i]!);
    },
    sloped: (features) => {
      const [a, b] = [one.sloped(features), other.sloped(features)];
      return { value: a.value + b.value, slopes: a.slopes.map((slope, f) => slope + b.slopes[f]!) };
    },
  };
}

function acquisitionOf(
  posteriors: readonly Posterior[],
  score: (predictions: readonly Prediction[]) => Score,
): Acquisition {
  return {
    at: (features) => score(posteriors.map((posterior) => posterior.predict(features))).value,
    atAll: (points, isRough) => {
      const predictions = posteriors.map((posterior) => {
        const rows = Math.min(posterior.size, Math.max(ROUGH_TRIALS, posterior.size >> 2));
        return isRough ? posterior.predictAll(points, rows) : posterior.predictAll(points);
      });
      return points.map((_, i) => score(predictions.map((all) => all[i]!)).value);
    },
    sloped: (features) => {
      const predictions = posteriors.map((posterior) => posterior.predictSloped(features));
      const { value, slopes } = score(predictions);
      const total = new Float64Array(features.length);
      predictions.forEach(({ dMean, dDeviation }, j) => {
        const slope = slopes[j]!;
        for (let f = 0; f < total.length; f++) total[f]! += slope.dMean * dMean[f]! + slope.dDeviation * dDeviation[f]!;
      });
      return { value, slopes: total };
    },
  };
}
