export { Cholesky, packedSize } from './cholesky.js';
export { exp, expm1, log, log1p } from './elementary.js';
export { fastNormalCdf } from './fast-normal.js';
export { type BoxProblem, type Differentiable, type Minimum, minimizeInBox } from './minimize-in-box.js';
export { normalCdf, normalQuantile } from './normal.js';
export { philox4x32 } from './philox.js';
export {
  fillWords,
  openUnit,
  Stream,
  type StreamKey,
  type StreamPart,
  stream,
  streamKey,
  uint32At,
  uniformAt,
} from './rng.js';
export { SOBOL_DIMENSIONS, sobolAxis, sobolInteger } from './sobol.js';
export {
  histogram,
  type KolmogorovSmirnov,
  kolmogorovSmirnov,
  mean,
  median,
  quantile,
  RunningMoments,
  variance,
} from './statistics.js';
export { type StepGrid, stepGrid } from './step-grid.js';
export { type SymmetricEigen, symmetricEigen } from './symmetric-eigen.js';
export { type TruncatedNormal, truncatedNormalQuantile } from './truncated-normal.js';
