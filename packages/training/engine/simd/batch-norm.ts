import type { Statement } from '../wasm/code.js';
import { f32, f32x4, f64, i32, type MultiplyAdd, v128 } from '../wasm/instructions.js';
import { advance, type Local, type ModuleBuilder, repeat } from '../wasm/module.js';

/** Vectors in a panel of 16. */
const VECTORS = 4;
const PANEL_BYTES = 64;

/**
 * See `BatchNormForward`: one panel of units at a time, three passes over its rows. The second also sums what rounding left of
 * the mean, which is then taken off too: where few rows hardly differ, as two always do after the division by sigma, the
 * mean's last bit would be all that the backward pass sees.
 */
export function emitBatchNormForward(
  module: ModuleBuilder,
  { add: madd, sub: nmadd }: MultiplyAdd,
  epilogue: 'none' | 'relu',
): void {
  const { f, p } = module.define(`batchNormForward_${epilogue}`, {
    z: 'i32',
    stride: 'i32',
    panels: 'i32',
    a: 'i32',
    gamma: 'i32',
    beta: 'i32',
    mean: 'i32',
    variance: 'i32',
    inverse: 'i32',
    rows: 'i32',
    momentum: 'f64',
    epsilon: 'f64',
  });
  const [panel, row, zAt, aAt] = f.locals('i32', 4) as Local<'i32'>[];
  const [perRow, momentum, rest, epsilon, t] = f.locals('v128', 5) as Local<'v128'>[];
  const [mu, left, s2, factor, gamma, beta, y] = Array.from({ length: 7 }, () => f.locals('v128', VECTORS));
  const overRows = (statements: Statement): Statement => [
    zAt!.set(p.z),
    repeat(row!, p.rows, [statements, advance(zAt!, PANEL_BYTES)]),
  ];
  const average = (at: Local<'i32'>, values: readonly Local<'v128'>[]): Statement => {
    const updated = values.map((x, v) => madd(momentum!, v128.load(at, v * 16), f32x4.mul(rest!, x)));
    return v128.storeAll(at, updated);
  };
  f.body(
    [p.z, p.stride, p.a, p.gamma, p.beta, p.mean, p.variance, p.inverse].map((x) => x.set(i32.shl(x, 2))),
    perRow!.set(f32x4.splat(f32.div(f32.of(1), f32.fromI32(p.rows)))),
    momentum!.set(f32x4.splat(f32.fromF64(p.momentum))),
    rest!.set(f32x4.splat(f32.fromF64(f64.sub(f64.of(1), p.momentum)))),
    epsilon!.set(f32x4.splat(f32.fromF64(p.epsilon))),
    repeat(panel!, p.panels, [
      [...mu!, ...left!, ...s2!].map((x) => x.set(f32x4.of(0))),
      overRows(mu!.map((x, v) => x.set(f32x4.add(x, v128.load(zAt!, v * 16))))),
      mu!.map((x) => x.set(f32x4.mul(x, perRow!))),
      overRows(
        s2!.map((x, v) => [
          t!.set(f32x4.sub(v128.load(zAt!, v * 16), mu![v]!)),
          x.set(madd(t!, t!, x)),
          left![v]!.set(f32x4.add(left![v]!, t!)),
        ]),
      ),
      left!.map((x) => x.set(f32x4.mul(x, perRow!))),
      s2!.map((x, v) => x.set(nmadd(left![v]!, left![v]!, f32x4.mul(x, perRow!)))),
      factor!.map((x, v) => x.set(f32x4.div(f32x4.of(1), f32x4.sqrt(f32x4.add(s2![v]!, epsilon!))))),
      v128.storeAll(p.inverse, factor!),
      average(p.mean, mu!),
      average(p.variance, s2!),
      gamma!.map((x, v) => x.set(v128.load(p.gamma, v * 16))),
      beta!.map((x, v) => x.set(v128.load(p.beta, v * 16))),
      aAt!.set(p.a),
      overRows([
        // s2 is free now: it holds zhat.
        s2!.map((x, v) => {
          const centred = f32x4.sub(f32x4.sub(v128.load(zAt!, v * 16), mu![v]!), left![v]!);
          return x.set(f32x4.mul(centred, factor![v]!));
        }),
        y!.map((x, v) => x.set(madd(gamma![v]!, s2![v]!, beta![v]!))),
        epilogue === 'relu' ? y!.map((x) => x.set(f32x4.max(x, f32x4.of(0)))) : [],
        v128.storeAll(zAt!, s2!),
        v128.storeAll(aAt!, y!),
        advance(aAt!, PANEL_BYTES),
      ]),
      [p.z, p.a].map((x) => advance(x, p.stride)),
      [p.gamma, p.beta, p.mean, p.variance, p.inverse].map((x) => advance(x, PANEL_BYTES)),
    ]),
  );
}

/** See `BatchNormBackward`. */
export function emitBatchNormBackward(module: ModuleBuilder, { add: madd, sub: nmadd }: MultiplyAdd): void {
  const { f, p } = module.define('batchNormBackward', {
    d: 'i32',
    stride: 'i32',
    panels: 'i32',
    zhat: 'i32',
    gamma: 'i32',
    inverse: 'i32',
    dGamma: 'i32',
    dBeta: 'i32',
    rows: 'i32',
  });
  const [panel, row, dAt, zAt] = f.locals('i32', 4) as Local<'i32'>[];
  const perRow = f.local('v128');
  const [sum, product, factor, d] = Array.from({ length: 4 }, () => f.locals('v128', VECTORS));
  const overRows = (statements: Statement): Statement => [
    dAt!.set(p.d),
    zAt!.set(p.zhat),
    repeat(row!, p.rows, [statements, advance(dAt!, PANEL_BYTES), advance(zAt!, PANEL_BYTES)]),
  ];
  f.body(
    [p.d, p.stride, p.zhat, p.gamma, p.inverse, p.dGamma, p.dBeta].map((x) => x.set(i32.shl(x, 2))),
    perRow.set(f32x4.splat(f32.div(f32.of(1), f32.fromI32(p.rows)))),
    repeat(panel!, p.panels, [
      [...sum!, ...product!].map((x) => x.set(f32x4.of(0))),
      overRows([
        d!.map((x, v) => x.set(v128.load(dAt!, v * 16))),
        sum!.map((x, v) => x.set(f32x4.add(x, d![v]!))),
        product!.map((x, v) => x.set(madd(d![v]!, v128.load(zAt!, v * 16), x))),
      ]),
      v128.storeAll(p.dGamma, product!),
      v128.storeAll(p.dBeta, sum!),
      factor!.map((x, v) => x.set(f32x4.mul(v128.load(p.gamma, v * 16), v128.load(p.inverse, v * 16)))),
      [...sum!, ...product!].map((x) => x.set(f32x4.mul(x, perRow))),
      overRows([
        d!.map((x, v) => x.set(f32x4.sub(v128.load(dAt!, v * 16), sum![v]!))),
        d!.map((x, v) => x.set(nmadd(product![v]!, v128.load(zAt!, v * 16), x))),
        d!.map((x, v) => x.set(f32x4.mul(x, factor![v]!))),
        v128.storeAll(dAt!, d!),
      ]),
      [p.d, p.zhat].map((x) => advance(x, p.stride)),
      [p.gamma, p.inverse, p.dGamma, p.dBeta].map((x) => advance(x, PANEL_BYTES)),
    ]),
  );
}

/** See `Affine`. */
export function emitAffine(module: ModuleBuilder, { add: madd }: MultiplyAdd, epilogue: 'none' | 'relu'): void {
  const { f, p } = module.define(`affine_${epilogue}`, {
    z: 'i32',
    stride: 'i32',
    panels: 'i32',
    a: 'i32',
    scale: 'i32',
    shift: 'i32',
    rows: 'i32',
  });
  const [panel, row, zAt, aAt] = f.locals('i32', 4) as Local<'i32'>[];
  const [scale, shift, y] = Array.from({ length: 3 }, () => f.locals('v128', VECTORS));
  f.body(
    [p.z, p.stride, p.a, p.scale, p.shift].map((x) => x.set(i32.shl(x, 2))),
    repeat(panel!, p.panels, [
      scale!.map((x, v) => x.set(v128.load(p.scale, v * 16))),
      shift!.map((x, v) => x.set(v128.load(p.shift, v * 16))),
      zAt!.set(p.z),
      aAt!.set(p.a),
      repeat(row!, p.rows, [
        y!.map((x, v) => x.set(madd(scale![v]!, v128.load(zAt!, v * 16), shift![v]!))),
        epilogue === 'relu' ? y!.map((x) => x.set(f32x4.max(x, f32x4.of(0)))) : [],
        v128.storeAll(aAt!, y!),
        advance(zAt!, PANEL_BYTES),
        advance(aAt!, PANEL_BYTES),
      ]),
      [p.z, p.a].map((x) => advance(x, p.stride)),
      [p.scale, p.shift].map((x) => advance(x, PANEL_BYTES)),
    ]),
  );
}
