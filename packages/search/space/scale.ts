import { exp, expm1, log, log1p } from '@caviar/numerics';
import type { Scale } from '@caviar/spec';

/** An increasing map from values to the coordinate in which a parameter is drawn uniformly, and back. */
export interface ScaleMap {
  readonly forward: (value: number) => number;
  readonly inverse: (coordinate: number) => number;
}

/**
 * The scales of seed 3.2 on a range: `log` for learning rates, `oneMinusLog` (uniform in log(1 - x)) for betas near 1.
 *
 * Where the ends differ by less than a factor of two (as x or as 1 - x), the coordinate is taken relative to `min`: the
 * logarithms of 2^53 - 9 and 2^53 - 1 themselves are the same double.
 */
export function scaleMap(scale: Scale, min: number, max: number): ScaleMap {
  switch (scale) {
    case 'linear':
      return { forward: (value) => value, inverse: (coordinate) => coordinate };
    case 'log':
      if (max / 2 >= min) return { forward: log, inverse: exp };
      return {
        forward: (value) => log1p((value - min) / min),
        inverse: (coordinate) => min + min * expm1(coordinate),
      };
    case 'oneMinusLog': {
      const rest = 1 - min;
      if (rest / 2 >= 1 - max) {
        return { forward: (value) => -log1p(-value), inverse: (coordinate) => -expm1(-coordinate) };
      }
      return {
        forward: (value) => -log1p((min - value) / rest),
        inverse: (coordinate) => min - rest * expm1(-coordinate),
      };
    }
  }
}
