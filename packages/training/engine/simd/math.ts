import type { Expr, Statement } from '../wasm/code.js';
import { f32x4, i32x4, type MultiplyAdd, v128 } from '../wasm/instructions.js';
import type { FunctionBuilder, Local } from '../wasm/module.js';

/**
 * exp, log and tanh of four float32, from multiply-adds and integer operations only: the same bits on every engine.
 * Polynomials: Cephes (S. Moshier), expf, logf and tanhf. Greatest errors, measured: exp 1, log 0.8, tanh 1.5 ulp.
 * NaN goes through.
 *
 * Each returns statements and leaves the result in the variable it is given.
 */
export interface VectorMath {
  /** x = e^x for x <= 88; exactly 0 below -87.3. */
  readonly exp: (x: Local<'v128'>) => Statement;
  /** x = log x for positive normal x. */
  readonly log: (x: Local<'v128'>) => Statement;
  /** x = log(1 + x) for 0 <= x <= 1. */
  readonly log1p: (x: Local<'v128'>) => Statement;
  readonly tanh: (x: Local<'v128'>) => Statement;
  /** x = 1 / (1 + e^-x) */
  readonly sigmoid: (x: Local<'v128'>) => Statement;
}

const LOG2_E = Math.fround(Math.LOG2E);
/** ln 2 in two parts, the first with few bits: n times it is exact. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;
const EXP_MIN = -87.33;
const EXP_MAX = 88;
const EXP = [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1];
const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];
const TANH = [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1];

/** The functions' scratch variables are shared: at most one vector is worked on at a time. */
export function vectorMath(f: FunctionBuilder, { add: madd, sub: nmadd }: MultiplyAdd): VectorMath {
  const [t, n, q, z, sign, saved, isSmall] = f.locals('v128', 7) as Local<'v128'>[];
  const of = (value: number) => f.constant(f32x4.of(value));
  const ofBits = (value: number) => f.constant(i32x4.of(value));
  const horner = (out: Local<'v128'>, coefficients: readonly number[], x: Expr<'v128'>): Statement => [
    out.set(of(coefficients[0]!)),
    coefficients.slice(1).map((c) => out.set(madd(out, x, of(c)))),
  ];

  const exp = (x: Local<'v128'>): Statement => [
    isSmall!.set(f32x4.lt(x, of(EXP_MIN))),
    // pmin and pmax in this order keep a NaN.
    t!.set(f32x4.pmin(f32x4.pmax(x, of(EXP_MIN)), of(EXP_MAX))),
    n!.set(f32x4.nearest(f32x4.mul(t!, of(LOG2_E)))),
    t!.set(nmadd(n!, of(LN2_LOW), nmadd(n!, of(LN2_HIGH), t!))),
    horner(q!, EXP, t!),
    q!.set(f32x4.add(madd(f32x4.mul(t!, t!), q!, t!), of(1))),
    // times 2^n, by building its exponent
    q!.set(f32x4.mul(q!, i32x4.shl(i32x4.add(i32x4.fromF32x4(n!), ofBits(127)), 23))),
    x.set(v128.andNot(q!, isSmall!)),
  ];

  const log = (x: Local<'v128'>): Statement => [
    // x = 2^n (1 + t), sqrt(1/2) <= 1 + t < sqrt(2)
    n!.set(f32x4.fromI32x4(i32x4.sub(i32x4.shrU(x, 23), ofBits(126)))),
    t!.set(v128.or(v128.and(x, ofBits(0x007fffff)), ofBits(0x3f000000))),
    z!.set(f32x4.lt(t!, of(Math.SQRT1_2))),
    n!.set(f32x4.sub(n!, v128.and(z!, of(1)))),
    t!.set(f32x4.sub(f32x4.add(t!, v128.and(z!, t!)), of(1))),
    z!.set(f32x4.mul(t!, t!)),
    horner(q!, LOG, t!),
    q!.set(f32x4.mul(f32x4.mul(q!, t!), z!)),
    q!.set(madd(n!, of(LN2_LOW), q!)),
    q!.set(madd(z!, of(-0.5), q!)),
    q!.set(madd(n!, of(LN2_HIGH), f32x4.add(t!, q!))),
    // A NaN's bits would have been taken for a number's: x - x is NaN for it and 0 for others.
    x.set(f32x4.add(q!, f32x4.sub(x, x))),
  ];

  const log1p = (x: Local<'v128'>): Statement => [
    // Kahan: what rounding did to 1 + x is made good by a factor.
    saved!.set(x),
    sign!.set(f32x4.add(x, of(1))),
    x.set(sign!),
    log(x),
    q!.set(f32x4.sub(sign!, of(1))),
    x.set(v128.select(saved!, f32x4.mul(x, f32x4.div(saved!, q!)), f32x4.eq(q!, of(0)))),
  ];

  const tanh = (x: Local<'v128'>): Statement => [
    sign!.set(x),
    saved!.set(f32x4.abs(x)),
    x.set(f32x4.mul(saved!, of(-2))),
    exp(x),
    x.set(f32x4.div(f32x4.sub(of(1), x), f32x4.add(x, of(1)))),
    // Near 0 a polynomial: the quotient would cancel.
    z!.set(f32x4.mul(saved!, saved!)),
    horner(q!, TANH, z!),
    q!.set(madd(f32x4.mul(q!, z!), saved!, saved!)),
    x.set(v128.select(q!, x, f32x4.lt(saved!, of(0.625)))),
    x.set(v128.or(x, v128.and(sign!, ofBits(0x80000000 | 0)))),
  ];

  const sigmoid = (x: Local<'v128'>): Statement => [
    sign!.set(f32x4.lt(x, of(0))),
    x.set(f32x4.neg(f32x4.abs(x))),
    exp(x),
    saved!.set(f32x4.div(of(1), f32x4.add(x, of(1)))),
    x.set(v128.select(f32x4.mul(x, saved!), saved!, sign!)),
  ];

  return { exp, log, log1p, tanh, sigmoid };
}

/** The sum, or another operation, over the four lanes, in all lanes of `x`. */
export function acrossLanes(x: Local<'v128'>, combine: (a: Expr<'v128'>, b: Expr<'v128'>) => Expr<'v128'>): Statement {
  return [x.set(combine(x, v128.shuffle(x, x, [2, 3, 0, 1]))), x.set(combine(x, v128.shuffle(x, x, [1, 0, 3, 2])))];
}
