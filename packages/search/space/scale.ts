import { exp, expm1, log, log1p } from '@caviar/numerics';
import type { Scale } from '@caviar/spec';

/** An increasing map from values to the coordinate in which a parameter is drawn uniformly, and back. */
export interface ScaleMap {
  readonly forward: (value: number) => number;
  readonly inverse: (coordinate: number) => number;
}

/** The scales of seed 3.2: `log` for learning rates, `oneMinusLog` (uniform in log(1 - x)) for betas near 1. */
export const SCALES: Readonly<Record<Scale, ScaleMap>> = {
  linear: { forward: (value) => value, inverse: (coordinate) => coordinate },
  log: { forward: log, inverse: exp },
  oneMinusLog: { forward: (value) => -log1p(-value), inverse: (coordinate) => -expm1(-coordinate) },
};
