import type { Stream } from '@caviar/numerics';
import { type Acquisition, both, chebyshevImprovementOf, feasibilityOf, improvementOf } from './acquisition.js';
import { isFeasible, type KnownTrial } from './known-trial.js';
import { scalarOf } from './log-chebyshev-improvement.js';
import type { Posterior } from './posterior.js';

/** What a proposal is picked by, and how that is told. */
export interface Prospect {
  readonly acquisition: Acquisition;
  /** Trials to look near, the best first. */
  readonly incumbents: readonly KnownTrial[];
  /** Name of the score. */
  readonly score: string;
  /** The beginning of a sentence, to be followed by how many trials it rests on. */
  readonly what: string;
  /** Why the trial at features, [F], is picked. */
  readonly why: (features: Float64Array) => string;
}

/** No objective counts less than this part of the others. */
const LEAST_DIRECTION = 0.02;

/**
 * What to pick by: the expected improvement on the best trial; of several objectives, that of their maximum along a random
 * direction, another one for each proposal; with constraints, times the probability that they are kept (Gardner et al.,
 * ICML 2014), and, as long as no trial keeps them, the improvement of the gap to them alone.
 *
 * @param held trials in the order of the posteriors' rows
 */
export function prospectOf(
  held: readonly KnownTrial[],
  posteriors: readonly Posterior[],
  { objectives, random }: { readonly objectives: number; readonly random: Stream },
): Prospect {
  const gaps = posteriors[objectives];
  const isKept = gaps === undefined ? () => true : (i: number) => held[i] !== undefined && isFeasible(held[i]);
  if (gaps !== undefined && !held.some(isFeasible)) return leastGap(held, gaps);
  const improvement =
    objectives === 1
      ? bestValue(held, posteriors[0]!, isKept)
      : bestScalar(held, posteriors.slice(0, objectives), { isKept, random });
  if (gaps === undefined) return improvement;
  return {
    ...improvement,
    acquisition: both(improvement.acquisition, feasibilityOf(gaps)),
    score: 'logConstrainedImprovement',
    what: improvement.what.replace('under', 'with all constraints kept, under'),
    why: (features) => {
      const kept = gaps.predict(features).mean <= 0 ? 'expected' : 'not expected';
      return `${improvement.why(features)}, and ${kept} to keep the constraints`;
    },
  };
}

function bestValue(held: readonly KnownTrial[], posterior: Posterior, isKept: (i: number) => boolean): Prospect {
  const fitted = posterior.fitted();
  const best = fitted.reduce((least, mean, i) => (isKept(i) ? Math.min(least, mean) : least), Number.POSITIVE_INFINITY);
  return {
    acquisition: improvementOf(posterior, best),
    incumbents: byCost(held, (i) => (isKept(i) ? fitted[i]! : Number.POSITIVE_INFINITY)),
    score: 'logExpectedImprovement',
    what: 'Largest expected improvement under a Gaussian process',
    why: (features) => whyImproving(posterior.predict(features).mean < best),
  };
}

function bestScalar(
  held: readonly KnownTrial[],
  posteriors: readonly Posterior[],
  { isKept, random }: { readonly isKept: (i: number) => boolean; readonly random: Stream },
): Prospect {
  const fitted = posteriors.map((posterior) => posterior.fitted());
  // Uniform over the part of the sphere with all coordinates above 0.
  const normals = fitted.map(() => Math.abs(random.normal()));
  const length = Math.sqrt(normals.reduce((sum, v) => sum + v * v, 0));
  const direction = normals.map((v) => Math.max(LEAST_DIRECTION, length > 0 ? v / length : 1));
  const ideal = fitted.map((means) =>
    means.reduce((least, mean, i) => (isKept(i) ? Math.min(least, mean) : least), Number.POSITIVE_INFINITY),
  );
  const at = (i: number) =>
    isKept(i)
      ? scalarOf(
          { ideal, direction },
          fitted.map((means) => means[i]!),
        )
      : Number.POSITIVE_INFINITY;
  const best = fitted[0]!.reduce((least, _, i) => Math.min(least, at(i)), Number.POSITIVE_INFINITY);
  const shares = direction.map((share) => Math.round((100 * share) / direction.reduce((sum, v) => sum + v, 0)));
  return {
    acquisition: chebyshevImprovementOf(posteriors, { ideal, direction, best }),
    incumbents: byCost(held, at),
    score: 'logExpectedImprovement',
    what: `Largest expected improvement of ${posteriors.length} objectives, traded off ${shares.join(' : ')} from the best of each, under Gaussian processes`,
    why: (features) => {
      const means = posteriors.map((posterior) => posterior.predict(features).mean);
      return whyImproving(scalarOf({ ideal, direction }, means) < best);
    },
  };
}

function leastGap(held: readonly KnownTrial[], gaps: Posterior): Prospect {
  const fitted = gaps.fitted();
  const best = fitted.reduce((least, mean) => Math.min(least, mean), Number.POSITIVE_INFINITY);
  return {
    acquisition: improvementOf(gaps, best),
    incumbents: byCost(held, (i) => fitted[i]!),
    score: 'logExpectedImprovement',
    what: 'As no trial keeps the constraints, largest expected reduction of the gap to them under a Gaussian process',
    why: (features) =>
      gaps.predict(features).mean <= 0 ? 'expected to keep them' : 'the nearest to keeping them, or uncertain enough',
  };
}

function byCost(held: readonly KnownTrial[], cost: (i: number) => number): KnownTrial[] {
  return held
    .map((trial, i) => ({ trial, cost: cost(i) }))
    .filter((one) => one.cost < Number.POSITIVE_INFINITY)
    .sort((a, b) => a.cost - b.cost)
    .map(({ trial }) => trial);
}

function whyImproving(isBetter: boolean): string {
  return isBetter ? 'expected to be the best so far' : 'uncertain enough to turn out the best so far';
}
