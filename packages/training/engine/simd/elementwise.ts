import { GOLDEN, MULTIPLIER_0, MULTIPLIER_1 } from '../dropout-bits.js';
import { type CurvedActivation, LEAK } from '../kernels.js';
import type { Expr, Statement } from '../wasm/code.js';
import { f32, f32x4, f64, f64x2, i32, i32x4, type MultiplyAdd, v128 } from '../wasm/instructions.js';
import { advance, type Local, type ModuleBuilder, repeat } from '../wasm/module.js';
import { type VectorMath, vectorMath } from './math.js';
import { range } from './target.js';

/** Elements that a loop takes at once: two vectors, which V8 may pair. */
const STRIDE = 8;

/** See `Activate`. */
export function emitActivate(module: ModuleBuilder, multiplyAdd: MultiplyAdd, activation: CurvedActivation): void {
  const { f, p } = module.define(`activate_${activation}`, { a: 'i32', n: 'i32' });
  const math = vectorMath(f, multiplyAdd);
  const values = f.locals('v128', 2);
  const count = f.local('i32');
  f.body(
    p.a.set(i32.shl(p.a, 2)),
    repeat(count, i32.shrU(p.n, Math.log2(STRIDE)), [
      values.map((x, i) => x.set(v128.load(p.a, i * 16))),
      values.map((x) => VALUE[activation](x, math)),
      v128.storeAll(p.a, values),
      advance(p.a, STRIDE * 4),
    ]),
  );
}

const VALUE: Readonly<Record<CurvedActivation, (x: Local<'v128'>, math: VectorMath) => Statement>> = {
  relu: (x) => x.set(f32x4.max(x, f32x4.of(0))),
  leakyRelu: (x) => x.set(v128.select(x, f32x4.mul(x, f32x4.of(LEAK)), f32x4.gt(x, f32x4.of(0)))),
  tanh: (x, math) => math.tanh(x),
  sigmoid: (x, math) => math.sigmoid(x),
};

/** See `ActivateBackward`. */
export function emitActivateBackward(
  module: ModuleBuilder,
  multiplyAdd: MultiplyAdd,
  activation: CurvedActivation,
): void {
  const { f, p } = module.define(`activateBackward_${activation}`, { d: 'i32', a: 'i32', n: 'i32' });
  const gradients = f.locals('v128', 2);
  const values = f.locals('v128', 2);
  const count = f.local('i32');
  const { sub: nmadd } = multiplyAdd;
  const slope: Readonly<Record<CurvedActivation, (d: Local<'v128'>, a: Local<'v128'>) => Statement>> = {
    relu: (d, a) => d.set(v128.and(d, f32x4.gt(a, f32x4.of(0)))),
    leakyRelu: (d, a) => d.set(v128.select(d, f32x4.mul(d, f.constant(f32x4.of(LEAK))), f32x4.gt(a, f32x4.of(0)))),
    tanh: (d, a) => d.set(f32x4.mul(d, nmadd(a, a, f.constant(f32x4.of(1))))),
    sigmoid: (d, a) => d.set(f32x4.mul(d, nmadd(a, a, a))),
  };
  f.body(
    [p.d, p.a].map((x) => x.set(i32.shl(x, 2))),
    repeat(count, i32.shrU(p.n, Math.log2(STRIDE)), [
      gradients.map((x, i) => x.set(v128.load(p.d, i * 16))),
      values.map((x, i) => x.set(v128.load(p.a, i * 16))),
      gradients.map((d, i) => slope[activation](d, values[i]!)),
      v128.storeAll(p.d, gradients),
      advance(p.d, STRIDE * 4),
      advance(p.a, STRIDE * 4),
    ]),
  );
}

/** See `Dropout`; the bits are those of `dropoutBits`. */
export function emitDropout(module: ModuleBuilder): void {
  const { f, p } = module.define('dropout', {
    from: 'i32',
    to: 'i32',
    n: 'i32',
    key0: 'i32',
    key1: 'i32',
    keepProb: 'f64',
  });
  const count = f.local('i32');
  const [threshold, scale, secondKey] = f.locals('v128', 3) as [Local<'v128'>, Local<'v128'>, Local<'v128'>];
  const counters = f.locals('v128', 2);
  const bits = f.locals('v128', 2);
  const values = f.locals('v128', 2);
  f.body(
    [p.from, p.to].map((x) => x.set(i32.shl(x, 2))),
    threshold.set(i32x4.splat(i32.fromF64(f64.mul(p.keepProb, f64.of(2_147_483_647))))),
    scale.set(f32x4.splat(f32.fromF64(f64.div(f64.of(1), p.keepProb)))),
    secondKey.set(i32x4.splat(p.key1)),
    // The counter times the multiplier, by addition.
    counters.map((x, v) => {
      const lanes = range(4).map((lane) => Math.imul(GOLDEN, 4 * v + lane));
      return x.set(i32x4.add(i32x4.splat(p.key0), i32x4.of(lanes[0]!, lanes[1], lanes[2], lanes[3])));
    }),
    repeat(count, i32.shrU(p.n, Math.log2(STRIDE)), [
      values.map((x, v) => x.set(v128.load(p.from, v * 16))),
      bits.map((x, v) => [
        x.set(v128.xor(counters[v]!, i32x4.shrU(counters[v]!, 16))),
        x.set(i32x4.add(i32x4.mul(x, f.constant(i32x4.of(MULTIPLIER_0))), secondKey)),
        x.set(v128.xor(x, i32x4.shrU(x, 15))),
        x.set(i32x4.mul(x, f.constant(i32x4.of(MULTIPLIER_1)))),
        x.set(i32x4.shrU(v128.xor(x, i32x4.shrU(x, 15)), 1)),
      ]),
      values.map((x, v) => x.set(v128.and(f32x4.mul(x, scale), i32x4.ltS(bits[v]!, threshold)))),
      counters.map((x) => x.set(i32x4.add(x, f.constant(i32x4.of(Math.imul(GOLDEN, STRIDE)))))),
      v128.storeAll(p.to, values),
      advance(p.from, STRIDE * 4),
      advance(p.to, STRIDE * 4),
    ]),
  );
}

/** See `MaskScale`. */
export function emitMaskScale(module: ModuleBuilder): void {
  const { f, p } = module.define('maskScale', { d: 'i32', a: 'i32', n: 'i32', factor: 'f64' });
  const count = f.local('i32');
  const factor = f.local('v128');
  const gradients = f.locals('v128', 2);
  f.body(
    [p.d, p.a].map((x) => x.set(i32.shl(x, 2))),
    factor.set(f32x4.splat(f32.fromF64(p.factor))),
    repeat(count, i32.shrU(p.n, Math.log2(STRIDE)), [
      gradients.map((x, i) => x.set(f32x4.mul(v128.load(p.d, i * 16), factor))),
      gradients.map((x, i) => x.set(v128.and(x, f32x4.gt(v128.load(p.a, i * 16), f32x4.of(0))))),
      v128.storeAll(p.d, gradients),
      advance(p.d, STRIDE * 4),
      advance(p.a, STRIDE * 4),
    ]),
  );
}

/** See `Scale`. */
export function emitScale(module: ModuleBuilder): void {
  const { f, p } = module.define('scale', { x: 'i32', n: 'i32', factor: 'f64' });
  const count = f.local('i32');
  const factor = f.local('v128');
  const values = f.locals('v128', 2);
  f.body(
    p.x.set(i32.shl(p.x, 2)),
    factor.set(f32x4.splat(f32.fromF64(p.factor))),
    repeat(count, i32.shrU(p.n, Math.log2(STRIDE)), [
      values.map((x, i) => x.set(f32x4.mul(v128.load(p.x, i * 16), factor))),
      v128.storeAll(p.x, values),
      advance(p.x, STRIDE * 4),
    ]),
  );
}

/** See `Penalty`. */
export function emitPenalty(module: ModuleBuilder, { add: madd }: MultiplyAdd): void {
  const { f, p } = module.define('penalty', { w: 'i32', g: 'i32', n: 'i32', l2: 'f64', l1: 'f64' });
  const count = f.local('i32');
  const [l2, l1] = f.locals('v128', 2) as [Local<'v128'>, Local<'v128'>];
  const weights = f.locals('v128', 2);
  const gradients = f.locals('v128', 2);
  f.body(
    [p.w, p.g].map((x) => x.set(i32.shl(x, 2))),
    l2.set(f32x4.splat(f32.fromF64(p.l2))),
    l1.set(f32x4.splat(f32.fromF64(p.l1))),
    repeat(count, i32.shrU(p.n, Math.log2(STRIDE)), [
      weights.map((x, i) => x.set(v128.load(p.w, i * 16))),
      gradients.map((x, i) => x.set(v128.load(p.g, i * 16))),
      gradients.map((x, i) => x.set(madd(l2, weights[i]!, x))),
      gradients.map((x, i) => {
        // l1 with the sign of the weight, and nothing for a weight of 0
        const signed = v128.or(l1, v128.and(weights[i]!, f.constant(i32x4.of(0x80000000 | 0))));
        return x.set(f32x4.add(x, v128.andNot(signed, f32x4.eq(weights[i]!, f32x4.of(0)))));
      }),
      v128.storeAll(p.g, gradients),
      advance(p.w, STRIDE * 4),
      advance(p.g, STRIDE * 4),
    ]),
  );
}

/** Returns 1 if all numbers are finite in `panels` panels of `length` elements (a multiple of 16), and 0 otherwise. */
export type AllFinite = (x: number, xStride: number, panels: number, length: number) => number;

export function emitAllFinite(module: ModuleBuilder): void {
  const { f, p } = module.define('allFinite', { x: 'i32', xStride: 'i32', panels: 'i32', length: 'i32' }, 'i32');
  const [panel, step, at] = f.locals('i32', 3);
  // 0 times each number, added up: 0 or no number.
  const zeros = f.locals('v128', 4);
  const zero = f.constant(f32x4.of(0));
  const sum = zeros.reduce<Expr<'v128'>>((x, y) => f32x4.add(x, y), zero);
  f.bodyReturning(
    [
      [p.x, p.xStride].map((x) => x.set(i32.shl(x, 2))),
      repeat(panel!, p.panels, [
        at!.set(p.x),
        repeat(step!, i32.shrU(p.length, 4), [
          zeros.map((x, v) => x.set(f32x4.add(x, f32x4.mul(v128.load(at!, v * 16), zero)))),
          advance(at!, 64),
        ]),
        advance(p.x, p.xStride),
      ]),
    ],
    i32.eq(i32x4.bitmask(f32x4.ne(sum, zero)), 0),
  );
}

/** See `SumOfSquares`; summed in double precision. */
export function emitSumOfSquares(module: ModuleBuilder): void {
  const { f, p } = module.define('sumOfSquares', { x: 'i32', n: 'i32' }, 'f64');
  const count = f.local('i32');
  const value = f.local('v128');
  const [low, high] = f.locals('v128', 2) as [Local<'v128'>, Local<'v128'>];
  const pair = f.local('v128');
  const addSquares = (sum: Local<'v128'>) => sum.set(f64x2.add(sum, f64x2.mul(pair, pair)));
  f.bodyReturning(
    [
      p.x.set(i32.shl(p.x, 2)),
      repeat(count, i32.shrU(p.n, 2), [
        value.set(v128.load(p.x)),
        pair.set(f64x2.fromLowF32x4(value)),
        addSquares(low),
        pair.set(f64x2.fromLowF32x4(v128.shuffle(value, value, [2, 3, 2, 3]))),
        addSquares(high),
        advance(p.x, 16),
      ]),
      low.set(f64x2.add(low, high)),
    ],
    f64.add(f64x2.lane(low, 0), f64x2.lane(low, 1)),
  );
}
