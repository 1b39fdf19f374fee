import type { PanelWidth } from '../kernels.js';
import type { Statement } from '../wasm/code.js';
import { f32x4, i32, v128 } from '../wasm/instructions.js';
import { advance, type ModuleBuilder, repeat, repeatIfAny, when } from '../wasm/module.js';
import { turned } from './blocks.js';
import { range } from './target.js';

/** See `ColumnSums`. */
export function emitColumnSums(module: ModuleBuilder, width: PanelWidth): void {
  const { f, p } = module.define(`columnSums_${width}`, {
    d: 'i32',
    dStride: 'i32',
    panels: 'i32',
    g: 'i32',
    rows: 'i32',
  });
  const [panel, row, dAt] = f.locals('i32', 3);
  const sums = f.locals('v128', width / 4);
  f.body(
    [p.d, p.dStride, p.g].map((x) => x.set(i32.shl(x, 2))),
    repeat(panel!, p.panels, [
      sums.map((x) => x.set(f32x4.of(0))),
      dAt!.set(p.d),
      repeat(row!, p.rows, [
        sums.map((x, v) => x.set(f32x4.add(x, v128.load(dAt!, v * 16)))),
        advance(dAt!, width * 4),
      ]),
      v128.storeAll(p.g, sums),
      advance(p.g, width * 4),
      advance(p.d, p.dStride),
    ]),
  );
}

/** Of `Transpose`. */
export const TRANSPOSE_PARAMETERS = {
  w: 'i32',
  wStride: 'i32',
  depth: 'i32',
  outPanels: 'i32',
  t: 'i32',
  tStride: 'i32',
} as const;

/** See `Transpose`: blocks of 4 x 4, by shuffles. Whole rows of a panel at once, so that no line is fetched twice. */
export function emitTranspose(module: ModuleBuilder, outWidth: PanelWidth): void {
  const { f, p } = module.define(`transpose_${outWidth}`, TRANSPOSE_PARAMETERS);
  const [panel, unit, from, to, toPanel, column] = f.locals('i32', 6);
  const rows = f.locals('v128', 4);
  const pairs = f.locals('v128', 4);
  const block = turned(rows, pairs);
  const blockOf = (group: number): Statement => [
    rows.map((x, r) => x.set(v128.load(from!, r * outWidth * 4 + group * 16))),
    block.first,
    block.columns.map((x, c) => v128.store(to!, x, group * 256 + c * 64)),
  ];
  f.body(
    [p.w, p.wStride, p.t, p.tStride].map((x) => x.set(i32.shl(x, 2))),
    repeat(panel!, p.outPanels, [
      from!.set(p.w),
      toPanel!.set(p.t),
      column!.set(i32.of(0)),
      repeat(unit!, i32.shrU(p.depth, 2), [
        to!.set(i32.add(toPanel!, column!)),
        range(outWidth / 4).map(blockOf),
        advance(from!, 4 * outWidth * 4),
        column!.set(i32.and(i32.add(column!, 16), 63)),
        when(column!, [], advance(toPanel!, p.tStride)),
      ]),
      advance(p.w, p.wStride),
      advance(p.t, outWidth * 16 * 4),
    ]),
  );
}

/** Rows that are fetched at once. */
const GATHERED = 8;

/**
 * See `Gather`. Eight rows at a time: they come from eight places of a memory that is larger than the caches, which answers
 * them together, and go to eight lines side by side.
 */
export function emitGather(module: ModuleBuilder): void {
  const { f, p } = module.define('gather', {
    x: 'i32',
    xStride: 'i32',
    index: 'i32',
    rows: 'i32',
    panels: 'i32',
    a: 'i32',
    aStride: 'i32',
  });
  const [group, panel, to] = f.locals('i32', 3);
  const from = f.locals('i32', GATHERED);
  const copyRow = (row: number) =>
    v128.storeAll(
      to!,
      range(4).map((v) => v128.load(from[row]!, v * 16)),
      row * 64,
    );
  const clearRow = (row: number) => v128.storeAll(to!, new Array(4).fill(f32x4.of(0)), row * 64);
  /** The next rows, and as many of zeros as make them a multiple of 4. */
  const overPanels = (rows: number): Statement => [
    range(rows).map((row) => from[row]!.set(i32.add(p.x, i32.mul(i32.load(p.index, row * 4), p.xStride)))),
    to!.set(p.a),
    repeat(panel!, p.panels, [
      range(4 * Math.ceil(rows / 4)).map((row) => (row < rows ? copyRow(row) : clearRow(row))),
      range(rows).map((row) => advance(from[row]!, 64)),
      advance(to!, p.aStride),
    ]),
    advance(p.index, rows * 4),
    advance(p.a, rows * 64),
  ];
  f.body(
    [p.x, p.xStride, p.index, p.a, p.aStride].map((x) => x.set(i32.shl(x, 2))),
    repeatIfAny(group!, i32.shrU(p.rows, Math.log2(GATHERED)), overPanels(GATHERED)),
    when(i32.and(p.rows, 4), overPanels(4)),
    [1, 2, 3].map((rest) => when(i32.eq(i32.and(p.rows, 3), rest), overPanels(rest))),
  );
}
