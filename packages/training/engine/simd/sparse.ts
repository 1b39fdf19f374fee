import type { Expr, Statement } from '../wasm/code.js';
import { f32x4, i32, i32x4, i64, v128 } from '../wasm/instructions.js';
import { advance, type Local, type ModuleBuilder, repeat, repeatIfAny, when } from '../wasm/module.js';
import { turned } from './blocks.js';
import { range, type Target } from './target.js';

/**
 * Products that pass over the zeros of one operand, in two passes: lists of what is not zero in each of its lines (rows or
 * columns), then for every line the rows of the other operand that its list names, each times its value, added up.
 *
 * A list has first, for each entry, how many bytes into a panel of the other operand its row lies, and then all values. Sums see
 * their terms in the same order as in the dense products, and a term of zero changes no sum: the bits are the same. That takes
 * finite numbers in the other operand (0 times infinity is no number), which `AllFinite` finds out. What may differ is the sign of a
 * zero: a sum of -0, which a product too small for float32 leaves, becomes 0 when 0 is added.
 */

/** Terms of a list at most: so much of the other operand's panels stays in L1 while all lists are gone through. */
export const TERMS = 128;

/** Entries that a list has room for: what is written beyond the last one is at most eight more. */
const ROOM = TERMS + 8;

/** Elements from one list to the next. */
export const LIST = 2 * ROOM;

/** Bytes from an entry's offset to its value. */
const VALUES = 4 * ROOM;

/** Panels of the other operand that a product takes at once, on any target at most. */
export const MOST_PANELS = 5;

/** The same on this one. */
export function panelsAtOnce({ vectors }: Pick<Target, 'vectors'>): number {
  return vectors === 4 ? MOST_PANELS : 3;
}

/** Entries per turn of the innermost loop: lists are filled up to a multiple of it with zeros. */
function entriesAtOnce({ vectors }: Target): 1 | 2 {
  return vectors === 4 ? 2 : 1;
}

/** For each of 16 masks of four lanes: which bytes go where so that the lanes it has come first. */
export const TABLES = (() => {
  const bytes = new Uint8Array(16 * 16).fill(255);
  for (let mask = 0; mask < 16; mask++) {
    const lanes = range(4).filter((lane) => (mask >> lane) & 1);
    bytes.set(
      lanes.flatMap((lane) => range(4).map((byte) => 4 * lane + byte)),
      mask * 16,
    );
  }
  return new Int32Array(bytes.buffer);
})();

/** Where the lists go, and how many entries each has; `tables` is where TABLES is. */
export type Lists = readonly [lists: number, counts: number, tables: number];

/**
 * Lists of `rows` rows of a matrix, of their first `columns` columns (a multiple of 4, at most TERMS). Returns the number of
 * elements that are not zero.
 */
export type ListRows = (a: number, aStride: number, columns: number, rows: number, ...lists: Lists) => number;

/** Lists of the columns of `panels` panels, of their first `rows` rows (a multiple of 4, at most TERMS). The same. */
export type ListColumns = (a: number, aStride: number, panels: number, rows: number, ...lists: Lists) => number;

const LIST_PARAMETERS = { lists: 'i32', counts: 'i32', tables: 'i32' } as const;

export function emitListRows(module: ModuleBuilder, target: Target): void {
  const { f, p } = module.define(
    'listRows',
    { a: 'i32', aStride: 'i32', columns: 'i32', rows: 'i32', ...LIST_PARAMETERS },
    'i32',
  );
  const lister = listerOf(f, p, target);
  const [row, panel, from, to, total] = f.locals('i32', 5);
  const [offsets, value] = f.locals('v128', 2);
  const group = (at: number): Statement => [
    value!.set(v128.load(from!, at * 16)),
    lister.append(to!, offsets!, value!),
    offsets!.set(i32x4.add(offsets!, f.constant(i32x4.of(4 * 64)))),
  ];
  f.bodyReturning(
    [
      [p.a, p.aStride, p.lists, p.counts, p.tables].map((x) => x.set(i32.shl(x, 2))),
      repeat(row!, p.rows, [
        from!.set(p.a),
        to!.set(p.lists),
        offsets!.set(f.constant(FIRST_OFFSETS)),
        repeatIfAny(panel!, i32.shrU(p.columns, 4), [range(4).map(group), advance(from!, p.aStride)]),
        repeatIfAny(panel!, i32.and(i32.shrU(p.columns, 2), 3), [group(0), advance(from!, 16)]),
        lister.end(to!, p.lists, p.counts, total!),
        advance(p.a, 64),
        advance(p.lists, LIST * 4),
        advance(p.counts, 4),
      ]),
    ],
    total!,
  );
}

export function emitListColumns(module: ModuleBuilder, target: Target): void {
  const { f, p } = module.define(
    'listColumns',
    { a: 'i32', aStride: 'i32', panels: 'i32', rows: 'i32', ...LIST_PARAMETERS },
    'i32',
  );
  const lister = listerOf(f, p, target);
  const [panel, row, from, total] = f.locals('i32', 4);
  const ends = f.locals('i32', 4);
  const rows = f.locals('v128', 4);
  const pairs = f.locals('v128', 4);
  const columns = f.locals('v128', 4);
  const offsets = f.local('v128');
  const list = (column: number) => i32.add(p.lists, column * LIST * 4);
  const block = turned(rows, pairs);
  const fourColumns = (group: number): Statement => [
    from!.set(i32.add(p.a, 16 * group)),
    ends.map((end, column) => end.set(list(column))),
    offsets.set(f.constant(FIRST_OFFSETS)),
    repeat(row!, i32.shrU(p.rows, 2), [
      rows.map((x, r) => x.set(v128.load(from!, r * 64))),
      block.first,
      columns.map((x, c) => x.set(block.columns[c]!)),
      columns.map((x, column) => lister.append(ends[column]!, offsets, x)),
      offsets.set(i32x4.add(offsets, f.constant(i32x4.of(4 * 64)))),
      advance(from!, 4 * 64),
    ]),
    ends.map((end, column) => lister.end(end, list(column), i32.add(p.counts, column * 4), total!)),
    advance(p.lists, 4 * LIST * 4),
    advance(p.counts, 16),
  ];
  f.bodyReturning(
    [
      [p.a, p.aStride, p.lists, p.counts, p.tables].map((x) => x.set(i32.shl(x, 2))),
      repeat(panel!, p.panels, [range(4).map(fourColumns), advance(p.a, p.aStride)]),
    ],
    total!,
  );
}

/** Of the first four rows of a panel. */
const FIRST_OFFSETS = i32x4.of(0, 64, 128, 192);

function listerOf(
  f: ReturnType<ModuleBuilder['define']>['f'],
  { tables }: { readonly tables: Local<'i32'> },
  target: Target,
) {
  const [mask, count] = f.locals('i32', 2);
  const order = f.local('v128');
  const atOnce = entriesAtOnce(target);
  return {
    /** Of four elements those that are not zero, with their offsets. */
    append: (end: Local<'i32'>, from: Local<'v128'>, x: Local<'v128'>): Statement => [
      mask!.set(i32x4.bitmask(f32x4.ne(x, f.constant(f32x4.of(0))))),
      order.set(v128.load(i32.add(tables, i32.shl(mask!, 4)))),
      v128.store(end, v128.swizzle(from, order)),
      v128.store(end, v128.swizzle(x, order), VALUES),
      end.set(i32.add(end, i32.shl(i32.popcnt(mask!), 2))),
    ],
    /** Counts the list's entries, and fills it up. */
    end: (
      end: Local<'i32'>,
      start: Local<'i32'> | ReturnType<typeof i32.add>,
      counts: ReturnType<typeof i32.add>,
      total: Local<'i32'>,
    ): Statement => [
      v128.store(end, f.constant(f32x4.of(0))),
      v128.store(end, f.constant(f32x4.of(0)), VALUES),
      count!.set(i32.shrU(i32.sub(end, start), 2)),
      total.set(i32.add(total, count!)),
      i32.store(counts, i32.shrU(i32.add(count!, atOnce - 1), Math.log2(atOnce))),
    ],
  };
}

/**
 * c[line, :] = bias + the sum of the list's values times the rows of w that it names, for all lines and a number of panels that
 * is part of the kernel's name. For bias 0 it adds to what c holds.
 */
export type SparseProduct = (
  lists: number,
  counts: number,
  lines: number,
  w: number,
  wStride: number,
  c: number,
  cStride: number,
  bias: number,
) => void;

export function sparseProductName(panels: number): string {
  return `sparseProduct_${panels}`;
}

/** See `SparseProduct`. The tile is one line high: every row of w that is fetched is used once, so it has to come from L1. */
export function emitSparseProduct(module: ModuleBuilder, target: Target, panels: number): void {
  const { f, p } = module.define(sparseProductName(panels), {
    lists: 'i32',
    counts: 'i32',
    lines: 'i32',
    w: 'i32',
    wStride: 'i32',
    c: 'i32',
    cStride: 'i32',
    bias: 'i32',
  });
  const { vectors } = target;
  const [part, line, step, at, offset, listOf, countAt, biasAt] = f.locals('i32', 8);
  const [wAt, cPanel, cAt, row] = range(4).map(() => f.locals('i32', panels));
  const sums = range(panels).map(() => f.locals('v128', vectors));
  const weights = f.locals('v128', vectors);
  const value = f.local('v128');
  const two = f.local('i64');
  const entry = (i: number, offsetOf: Expr<'i32'>): Statement => [
    offset!.set(offsetOf),
    value.set(v128.loadSplat(at!, VALUES + 4 * i)),
    sums.map((tile, q) => [
      row![q]!.set(i32.add(wAt![q]!, offset!)),
      weights.map((x, v) => x.set(v128.load(row![q]!, 16 * v))),
      tile.map((x, v) => x.set(target.multiplyAdd.add(value, weights[v]!, x))),
    ]),
  ];
  const atOnce = entriesAtOnce(target);
  // Loads are what bounds this loop: two offsets take one.
  const entries: Statement =
    atOnce === 1
      ? entry(0, i32.load(at!))
      : [two.set(i64.load(at!)), entry(0, i32.fromI64(two)), entry(1, i32.fromI64(i64.shrU(two, 32)))];
  f.body(
    [p.lists, p.counts, p.w, p.wStride, p.c, p.cStride, p.bias].map((x) => x.set(i32.shl(x, 2))),
    range(panels).map((q) => [
      wAt![q]!.set(i32.add(p.w, i32.mul(p.wStride, q))),
      cPanel![q]!.set(i32.add(p.c, i32.mul(p.cStride, q))),
    ]),
    biasAt!.set(p.bias),
    repeat(part!, 4 / vectors, [
      range(panels).map((q) => cAt![q]!.set(cPanel![q]!)),
      listOf!.set(p.lists),
      countAt!.set(p.counts),
      repeat(line!, p.lines, [
        when(
          p.bias,
          sums.map((tile, q) => tile.map((x, v) => x.set(v128.load(biasAt!, q * 64 + v * 16)))),
          sums.map((tile, q) => tile.map((x, v) => x.set(v128.load(cAt![q]!, v * 16)))),
        ),
        at!.set(listOf!),
        repeatIfAny(step!, i32.load(countAt!), [entries, advance(at!, 4 * atOnce)]),
        sums.map((tile, q) => [v128.storeAll(cAt![q]!, tile), advance(cAt![q]!, 64)]),
        advance(listOf!, LIST * 4),
        advance(countAt!, 4),
      ]),
      [...wAt!, ...cPanel!, biasAt!].map((x) => advance(x, vectors * 16)),
    ]),
  );
}
