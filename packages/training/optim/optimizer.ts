import type { Arena } from '../engine/arena.js';
import type { OptimizerStep } from '../engine/kernels.js';

/** The notes' names: alpha, beta1, beta2, epsilon (seed 2.3 to 2.5). */
export interface OptimizerSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** beta1^t and beta2^t after t steps; running products, because `Math.pow` differs between JavaScript engines. */
export interface BetaPowers {
  readonly beta1Power: number;
  readonly beta2Power: number;
}

/** The numbers s0 to s4 of an OptimizerStep. */
export type StepScalars = [s0: number, s1: number, s2: number, s3: number, s4: number];

/** One rule that turns gradients into new weights. It owns no state: weights and moments lie in the arena. */
export interface Optimizer {
  /** Moments it keeps beside every weight: m averages gradients, v their squares. */
  readonly moments: { readonly m: boolean; readonly v: boolean };
  /** Fills in what the rule needs at a step whose powers (this step counted) are given. */
  readonly scalars: (settings: OptimizerSettings, powers: BetaPowers, out: StepScalars) => void;
  /** The plain TypeScript form. */
  readonly scalarStep: (arena: Arena) => OptimizerStep;
}

/**
 * Moments below this are set to zero: they would decay into denormal numbers, which make a step several times slower,
 * and which float32 cannot shrink any more.
 */
export const FLUSH_BELOW = 1e-36;
