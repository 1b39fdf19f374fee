import type { Columns, Epilogue, PanelWidth } from '../kernels.js';
import type { Expr, Statement } from '../wasm/code.js';
import { f32x4, i32, v128 } from '../wasm/instructions.js';
import {
  advance,
  choose,
  type Local,
  loopWhile,
  type ModuleBuilder,
  repeat,
  repeatIfAny,
  when,
} from '../wasm/module.js';
import { range, type Target } from './target.js';

/**
 * Rules for everything here: V8 pairs adjacent vector stores into 256-bit ones and walks up from them. A store between
 * the loads of a pair breaks that, so: all loads of a group, then arithmetic, then adjacent stores.
 */

/** Of `Gemm`. */
export const GEMM_PARAMETERS = {
  a: 'i32',
  aStride: 'i32',
  panels: 'i32',
  tail: 'i32',
  w: 'i32',
  wStride: 'i32',
  outPanels: 'i32',
  c: 'i32',
  cStride: 'i32',
  bias: 'i32',
  rows: 'i32',
  aux: 'i32',
} as const;

/** Of `GemmTransposed`. */
export const GEMM_TRANSPOSED_PARAMETERS = {
  a: 'i32',
  aStride: 'i32',
  depth: 'i32',
  d: 'i32',
  dStride: 'i32',
  outPanels: 'i32',
  g: 'i32',
  gStride: 'i32',
  rows: 'i32',
} as const;

/** Inner products are computed in blocks of this many columns of `a`: a panel of the weights then stays in L1. */
const BLOCK = 272;

/** See `Gemm`. Tiles of 6 and 4 rows; panels of `w` outermost, so that one is used on all rows while it is in the cache. */
export function emitGemm(
  module: ModuleBuilder,
  target: Target,
  shape: { readonly inWidth: PanelWidth; readonly outWidth: PanelWidth; readonly epilogue: Epilogue },
): void {
  const { inWidth, outWidth, epilogue } = shape;
  const { f, p } = module.define(gemmName(inWidth, outWidth, epilogue), GEMM_PARAMETERS);
  const vectors = Math.min(target.vectors, outWidth / 4);
  const parts = outWidth / 4 / vectors;
  const unroll = Math.min(target.unroll, inWidth);
  const panelsPerBlock = BLOCK / inWidth;

  const [aAt, wAt, cAt, maskAt, aRow, wPanel, cPanel, biasPanel] = f.locals('i32', 8);
  const [panel, row, step, inner, panelsNow, panelsLeft, isFirst] = f.locals('i32', 7);
  const tall = tallestTile(target, vectors);
  const accumulators = range(tall).map(() => f.locals('v128', vectors));
  const weights = f.locals('v128', vectors);
  const value = f.local('v128');

  const tileOf = (rows: number, part: number): Statement => {
    const tile = accumulators.slice(0, rows);
    const multiply = range(unroll).map((k) => [
      weights.map((x, v) => x.set(v128.load(wAt!, (k * outWidth + 4 * v) * 4))),
      tile.map((sums, r) => [
        value.set(v128.loadSplat(aAt!, (r * inWidth + k) * 4)),
        sums.map((x, v) => x.set(target.multiplyAdd.add(value, weights[v]!, x))),
      ]),
    ]);
    const block = [multiply, advance(aAt!, unroll * 4), advance(wAt!, unroll * outWidth * 4)];
    const wholePanel = unroll === inWidth ? block : repeat(inner!, inWidth / unroll, block);
    const finish = {
      none: [],
      relu: tile.map((sums) => sums.map((x) => x.set(f32x4.max(x, f32x4.of(0))))),
      reluMask: [
        maskAt!.set(i32.add(cAt!, p.aux)),
        tile.map((sums, r) =>
          sums.map((x, v) => {
            const activation = v128.load(maskAt!, (r * outWidth + v * 4) * 4);
            return x.set(v128.and(x, f32x4.gt(activation, f32x4.of(0))));
          }),
        ),
      ],
    }[epilogue];
    return [
      aAt!.set(aRow!),
      wAt!.set(i32.add(wPanel!, part * vectors * 16)),
      when(
        isFirst!,
        tile.map((sums) => sums.map((x, v) => x.set(v128.load(biasPanel!, (part * vectors + v) * 16)))),
        tile.map((sums, r) => sums.map((x, v) => x.set(v128.load(cAt!, (r * outWidth + v * 4) * 4)))),
      ),
      when(panelsNow!, repeat(step!, panelsNow!, [wholePanel, advance(aAt!, i32.sub(p.aStride, inWidth * 4))])),
      when(panelsLeft!, [], [when(p.tail, repeat(step!, i32.shrU(p.tail, Math.log2(unroll)), block)), finish]),
      tile.map((sums, r) => v128.storeAll(cAt!, sums, r * outWidth * 4)),
      advance(aRow!, rows * inWidth * 4),
      advance(cAt!, rows * outWidth * 4),
    ];
  };
  const partOfPanel = (part: number): Statement => [
    aRow!.set(p.a),
    cAt!.set(i32.add(cPanel!, part * vectors * 16)),
    repeatTiles(row!, { tall, length: p.rows, tile: (rows) => tileOf(rows, part) }),
  ];

  f.body(
    [p.a, p.aStride, p.w, p.wStride, p.c, p.cStride, p.bias, p.aux].map((x) => x.set(i32.shl(x, 2))),
    isFirst!.set(i32.of(1)),
    panelsLeft!.set(p.panels),
    loopWhile(
      [
        panelsNow!.set(choose(i32.ltU(panelsLeft!, panelsPerBlock), panelsLeft!, i32.of(panelsPerBlock))),
        panelsLeft!.set(i32.sub(panelsLeft!, panelsNow!)),
        wPanel!.set(p.w),
        cPanel!.set(p.c),
        biasPanel!.set(p.bias),
        repeat(panel!, p.outPanels, [
          range(parts).map(partOfPanel),
          advance(wPanel!, p.wStride),
          advance(cPanel!, p.cStride),
          when(p.bias, advance(biasPanel!, outWidth * 4)),
        ]),
        isFirst!.set(i32.of(0)),
        advance(p.a, i32.mul(panelsNow!, p.aStride)),
        advance(p.w, i32.mul(panelsNow!, inWidth * outWidth * 4)),
      ],
      panelsLeft!,
    ),
  );
}

/**
 * Rows of the tallest tile. One vector wide, it has fewer sums than multiply-adds are under way at once: there it is as tall as
 * registers allow.
 */
function tallestTile({ rows }: Target, vectors: number): 4 | 6 | 8 {
  if (vectors > 1) return rows;
  return rows === 4 ? 6 : 8;
}

/** Covers `length` (a multiple of 4) with the tallest tiles and, where those do not divide it, one or two of 4. */
function repeatTiles(
  counter: Local<'i32'>,
  cover: {
    readonly tall: 4 | 6 | 8;
    readonly length: Expr<'i32'>;
    readonly tile: (size: number) => Statement;
  },
): Statement {
  const { tall, length, tile } = cover;
  if (tall === 4) return repeat(counter, i32.shrU(length, 2), tile(4));
  // What 8 leaves over is 0 or 4; and any multiple of 4 from 4 on is a multiple of 6 and as many fours as it leaves over 3.
  const fours = tall === 8 ? i32.and(i32.shrU(length, 2), 1) : i32.remU(length, 3);
  return [
    repeatIfAny(counter, i32.divU(i32.sub(length, i32.shl(fours, 2)), tall), tile(tall)),
    repeatIfAny(counter, fours, tile(4)),
  ];
}

export function gemmName(inWidth: Columns, outWidth: Columns, epilogue: Epilogue): string {
  return `gemm_${inWidth}_${outWidth}_${epilogue}`;
}

/** See `GemmTransposed`. Tiles of 6 and 4 input units, none across two panels; rows innermost. */
export function emitGemmTransposed(module: ModuleBuilder, target: Target, outWidth: PanelWidth): void {
  const { f, p } = module.define(`gemmTransposed_${outWidth}`, GEMM_TRANSPOSED_PARAMETERS);
  const vectors = Math.min(target.vectors, outWidth / 4);
  const parts = outWidth / 4 / vectors;
  const [aAt, dAt, gAt, aPanel, aTile, unitsNow, unitsLeft, panel, unit, row] = f.locals('i32', 10);
  const tall = tallestTile(target, vectors);
  const accumulators = range(tall).map(() => f.locals('v128', vectors));
  const gradients = f.locals('v128', vectors);
  const value = f.local('v128');

  const tileOf = (units: number, part: number): Statement => {
    const tile = accumulators.slice(0, units);
    const multiply = range(target.unroll).map((k) => [
      gradients.map((x, v) => x.set(v128.load(dAt!, (k * outWidth + 4 * v) * 4))),
      tile.map((sums, u) => [
        value.set(v128.loadSplat(aAt!, (k * 16 + u) * 4)),
        sums.map((x, v) => x.set(target.multiplyAdd.add(value, gradients[v]!, x))),
      ]),
    ]);
    return [
      aAt!.set(aTile!),
      dAt!.set(i32.add(p.d, part * vectors * 16)),
      tile.map((sums) => sums.map((x) => x.set(f32x4.of(0)))),
      repeat(row!, i32.shrU(p.rows, Math.log2(target.unroll)), [
        multiply,
        advance(aAt!, target.unroll * 16 * 4),
        advance(dAt!, target.unroll * outWidth * 4),
      ]),
      tile.map((sums, u) => v128.storeAll(gAt!, sums, u * outWidth * 4)),
      advance(aTile!, units * 4),
      advance(gAt!, units * outWidth * 4),
    ];
  };
  const partOfPanel = (part: number): Statement => [
    gAt!.set(i32.add(p.g, part * vectors * 16)),
    aPanel!.set(p.a),
    unitsLeft!.set(p.depth),
    loopWhile(
      [
        unitsNow!.set(choose(i32.ltU(unitsLeft!, 16), unitsLeft!, i32.of(16))),
        unitsLeft!.set(i32.sub(unitsLeft!, unitsNow!)),
        aTile!.set(aPanel!),
        repeatTiles(unit!, { tall, length: unitsNow!, tile: (units) => tileOf(units, part) }),
        advance(aPanel!, p.aStride),
      ],
      unitsLeft!,
    ),
  ];
  f.body(
    [p.a, p.aStride, p.d, p.dStride, p.g, p.gStride].map((x) => x.set(i32.shl(x, 2))),
    repeat(panel!, p.outPanels, [range(parts).map(partOfPanel), advance(p.d, p.dStride), advance(p.g, p.gStride)]),
  );
}
