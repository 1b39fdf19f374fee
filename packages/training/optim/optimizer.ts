import type { Arena } from '../engine/arena.js';
import type { OptimizerStep } from '../engine/kernels.js';
import type { Expr, Statement } from '../engine/wasm/code.js';
import { f32x4, i32x4, type MultiplyAdd, v128 } from '../engine/wasm/instructions.js';
import type { Local } from '../engine/wasm/module.js';

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
  /** The SIMD form: statements that turn w, m and v of four weights into their new values. */
  readonly vectorStep: (x: VectorStep) => Statement;
}

/** Four weights at a time: variables of a WebAssembly function. */
export interface VectorStep {
  readonly w: Local<'v128'>;
  readonly g: Local<'v128'>;
  readonly m: Local<'v128'>;
  readonly v: Local<'v128'>;
  readonly scratch: Local<'v128'>;
  /** s0 to s4, and 1 minus each. */
  readonly s: readonly Local<'v128'>[];
  readonly complements: readonly Local<'v128'>[];
  readonly multiplyAdd: MultiplyAdd;
  /** Has a constant made outside the loop. */
  readonly constant: (value: Expr<'v128'>) => Expr<'v128'>;
}

/**
 * Moments below this are set to zero: they would decay into denormal numbers, which make a step several times slower,
 * and which float32 cannot shrink any more.
 */
export const FLUSH_BELOW = 1e-36;

/** x = 0 where |x| is below FLUSH_BELOW. */
export function flush(x: Local<'v128'>, { constant }: Pick<VectorStep, 'constant'>): Statement {
  const size = v128.and(x, constant(i32x4.of(0x7fffffff)));
  return x.set(v128.andNot(x, f32x4.lt(size, constant(f32x4.of(FLUSH_BELOW)))));
}

/** The same for an x that is not negative. */
export function flushSquare(x: Local<'v128'>, { constant }: Pick<VectorStep, 'constant'>): Statement {
  return x.set(v128.andNot(x, f32x4.lt(x, constant(f32x4.of(FLUSH_BELOW)))));
}
