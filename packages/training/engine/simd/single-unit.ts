import type { Epilogue } from '../kernels.js';
import type { Statement } from '../wasm/code.js';
import { f32x4, i32, type MultiplyAdd, v128 } from '../wasm/instructions.js';
import { advance, type Local, loopWhile, type ModuleBuilder, repeat, repeatIfAny, when } from '../wasm/module.js';
import { loadFirstColumn, storeFirstColumn, turned } from './blocks.js';
import { GEMM_PARAMETERS, GEMM_TRANSPOSED_PARAMETERS, gemmName } from './gemm.js';
import { TRANSPOSE_PARAMETERS } from './matrix.js';
import { range } from './target.js';

/**
 * The products of an output layer with one unit: two classes, or regression. Its panels are four wide, with zeros in all but the
 * first column, which take most of the time of a small network when they are multiplied like others. Sums see their terms
 * in the same order: the bits are those of the products for panels of 4.
 */

/** Rows whose sums are under way at once: each is one chain of multiply-adds. */
const ROWS = 16;

/** `Gemm` to one unit. Four rows share a vector, so that blocks of 4 x 4 are transposed on the way. */
export function emitGemmToUnit(module: ModuleBuilder, multiplyAdd: MultiplyAdd): void {
  const { f, p } = module.define(gemmName(16, 1, 'none'), GEMM_PARAMETERS);
  const [group, panel, inner, aAt, wAt] = f.locals('i32', 5);
  const sums = f.locals('v128', ROWS / 4);
  const rows = f.locals('v128', 4);
  const pairs = f.locals('v128', 4);
  const block = turned(rows, pairs);
  /** The next four columns of some rows, four at a time. */
  const columns = (count: number): Statement => [
    range(count / 4).map((four) => [
      rows.map((x, r) => x.set(v128.load(aAt!, (4 * four + r) * 64))),
      block.first,
      block.columns.map((column, k) =>
        sums[four]!.set(multiplyAdd.add(column, v128.loadSplat(wAt!, k * 16), sums[four]!)),
      ),
    ]),
    advance(aAt!, 16),
    advance(wAt!, 64),
  ];
  const groupOf = (count: number): Statement => [
    aAt!.set(p.a),
    wAt!.set(p.w),
    sums.slice(0, count / 4).map((x) => x.set(v128.loadSplat(p.bias))),
    repeatIfAny(panel!, p.panels, [repeat(inner!, 4, columns(count)), advance(aAt!, i32.sub(p.aStride, 64))]),
    repeatIfAny(panel!, i32.shrU(p.tail, 2), columns(count)),
    sums.slice(0, count / 4).map((x, four) => storeFirstColumn(p.c, x, four * 64)),
    advance(p.a, count * 64),
    advance(p.c, count * 16),
  ];
  f.body(
    [p.a, p.aStride, p.w, p.c, p.bias].map((x) => x.set(i32.shl(x, 2))),
    repeatIfAny(group!, i32.shrU(p.rows, Math.log2(ROWS)), groupOf(ROWS)),
    repeatIfAny(group!, i32.and(i32.shrU(p.rows, 2), ROWS / 4 - 1), groupOf(4)),
  );
}

/** Panels of inputs that are gone through at once where there are as many. */
const PANELS = 4;

/** `GemmTransposed` for one unit. */
export function emitGemmTransposedOfUnit(module: ModuleBuilder, multiplyAdd: MultiplyAdd): void {
  const { f, p } = module.define('gemmTransposed_1', GEMM_TRANSPOSED_PARAMETERS);
  const [row, dAt] = f.locals('i32', 2);
  const aAt = f.locals('i32', PANELS);
  const sums = range(PANELS).map(() => f.locals('v128', 4));
  const gradient = f.local('v128');
  const panelsOf = (count: number, store: Statement): Statement => {
    const now = range(count);
    return [
      now.map((q) => aAt[q]!.set(i32.add(p.a, i32.mul(p.aStride, q)))),
      dAt!.set(p.d),
      now.map((q) => sums[q]!.map((x) => x.set(f32x4.of(0)))),
      repeat(row!, p.rows, [
        gradient.set(v128.loadSplat(dAt!)),
        now.map((q) => sums[q]!.map((x, v) => x.set(multiplyAdd.add(v128.load(aAt[q]!, v * 16), gradient, x)))),
        now.map((q) => advance(aAt[q]!, 64)),
        advance(dAt!, 16),
      ]),
      store,
      advance(p.a, i32.mul(p.aStride, count)),
    ];
  };
  const allOf = (x: Local<'v128'>): Statement => [storeFirstColumn(p.g, x), advance(p.g, 64)];
  f.body(
    [p.a, p.aStride, p.d, p.g].map((x) => x.set(i32.shl(x, 2))),
    whileAtLeast(p.depth, PANELS * 16, panelsOf(PANELS, sums.flat().map(allOf))),
    whileAtLeast(p.depth, 16, panelsOf(1, sums[0]!.map(allOf))),
    when(
      p.depth,
      panelsOf(
        1,
        range(3).map((v) => when(i32.gtU(p.depth, 4 * v), allOf(sums[0]![v]!))),
      ),
    ),
  );
}

/** `Gemm` from one unit: its gradient times its weights, which lie in a row of each panel. */
export function emitGemmFromUnit(
  module: ModuleBuilder,
  multiplyAdd: MultiplyAdd,
  epilogue: Exclude<Epilogue, 'relu'>,
): void {
  const { f, p } = module.define(gemmName(1, 16, epilogue), GEMM_PARAMETERS);
  const [panel, row, aAt, cAt, maskAt] = f.locals('i32', 5);
  const weights = f.locals('v128', 4);
  const products = f.locals('v128', 4);
  const masks = f.locals('v128', 4);
  const gradient = f.local('v128');
  const masked: Statement = [
    maskAt!.set(i32.add(cAt!, p.aux)),
    masks.map((x, v) => x.set(f32x4.gt(v128.load(maskAt!, v * 16), f32x4.of(0)))),
    products.map((x, v) => x.set(v128.and(x, masks[v]!))),
  ];
  f.body(
    [p.a, p.w, p.wStride, p.c, p.cStride, p.aux].map((x) => x.set(i32.shl(x, 2))),
    repeat(panel!, p.outPanels, [
      weights.map((x, v) => x.set(v128.load(p.w, v * 16))),
      aAt!.set(p.a),
      cAt!.set(p.c),
      repeat(row!, p.rows, [
        gradient.set(v128.loadSplat(aAt!)),
        products.map((x, v) => x.set(multiplyAdd.add(gradient, weights[v]!, f32x4.of(0)))),
        epilogue === 'reluMask' ? masked : [],
        v128.storeAll(cAt!, products),
        advance(aAt!, 16),
        advance(cAt!, 64),
      ]),
      advance(p.w, p.wStride),
      advance(p.c, p.cStride),
    ]),
  );
}

/** `Transpose` of one unit's weights: the first row of every panel, the only one that `emitGemmFromUnit` looks at. */
export function emitTransposeOfUnit(module: ModuleBuilder): void {
  const { f, p } = module.define('transpose_1', TRANSPOSE_PARAMETERS);
  const [group, column] = f.locals('i32', 2);
  f.body(
    [p.w, p.t, p.tStride].map((x) => x.set(i32.shl(x, 2))),
    column!.set(i32.of(0)),
    repeat(group!, i32.shrU(p.depth, 2), [
      v128.store(i32.add(p.t, column!), loadFirstColumn(p.w)),
      advance(p.w, 64),
      column!.set(i32.and(i32.add(column!, 16), 63)),
      when(column!, [], advance(p.t, p.tStride)),
    ]),
  );
}

/** Runs the statements for every `step` that `left` still has. */
function whileAtLeast(left: Local<'i32'>, step: number, statements: Statement): Statement {
  return when(i32.gtU(left, step - 1), loopWhile([statements, advance(left, -step)], i32.gtU(left, step - 1)));
}
