import { log } from '@caviar/numerics';
import type { FeatureSpace } from './features.js';

/** Normal prior of the logarithms of the lengths by dimension and, last, of the noise: centers and deviations, [D + 1]. */
export interface KernelPrior {
  readonly center: Float64Array;
  readonly deviation: Float64Array;
}

/** By kind of dimension; half of log D is added for ranges that are always active. */
const RANGE = { center: Math.SQRT2, deviation: Math.sqrt(3) };
const CONDITIONAL_RANGE = { center: 0.3, deviation: Math.sqrt(3) };
const CHOICES = { center: 0, deviation: 1 };
const NOISE = { center: -7, deviation: 2 };

/**
 * Lengths of ranges grow with the root of the number of dimensions, as distances do (Hvarfner, Hellsten and Nardi,
 * "Vanilla Bayesian optimization performs great in high dimensions", ICML 2024). Few trials tell of a range that is seldom
 * active, and a long length would let them tell all of it: it begins short. Two choices are at distance 1 in any number of
 * dimensions, and are taken to differ.
 */
export function kernelPrior({ dimensions }: FeatureSpace): KernelPrior {
  const shift = log(dimensions.length) / 2;
  const priors = dimensions.map(({ kind, conditional }) => {
    if (kind === 'choices') return CHOICES;
    return conditional ? CONDITIONAL_RANGE : { ...RANGE, center: RANGE.center + shift };
  });
  return {
    center: Float64Array.from([...priors, NOISE], ({ center }) => center),
    deviation: Float64Array.from([...priors, NOISE], ({ deviation }) => deviation),
  };
}
