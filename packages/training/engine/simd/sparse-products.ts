import type { Activate, Epilogue, Gemm, GemmTransposed, MaskScale, Transpose } from '../kernels.js';
import type { Instance } from '../wasm/runtime.js';
import type { AllFinite } from './elementwise.js';
import {
  LIST,
  type ListColumns,
  type ListRows,
  type Lists,
  MOST_PANELS,
  type SparseProduct,
  sparseProductName,
  TABLES,
  TERMS,
} from './sparse.js';
import { SparseChoice } from './sparse-choice.js';

/** Lists that are made at once. */
const LISTS = 256;

/** Where these products keep what they need beside the matrices, as offsets into the arena. */
interface Scratch {
  readonly tables: number;
  readonly zeros: number;
  readonly counts: number;
  readonly lists: number;
  readonly transposed: number;
}

function scratchFrom(start: number): Scratch & { readonly end: number } {
  const tables = start;
  const zeros = tables + TABLES.length;
  const counts = zeros + MOST_PANELS * 16;
  const lists = counts + LISTS;
  const transposed = lists + LISTS * LIST;
  return { tables, zeros, counts, lists, transposed, end: transposed + MOST_PANELS * LISTS * 16 };
}

/** Elements that an arena needs beyond its own. */
export const SPARSE_SCRATCH = scratchFrom(0).end;

/**
 * The dense products' signatures, for operands with many zeros. They find out how many, and leave to the dense ones what is dense, or
 * meets numbers that are not finite.
 */
export interface SparseProducts {
  /** For zeros in a. */
  readonly gemm: (dense: Gemm, epilogue: Epilogue) => Gemm;
  /** For zeros in a, or in d. */
  readonly gemmTransposed: (dense: GemmTransposed, sparse: 'a' | 'd') => GemmTransposed;
}

/**
 * @param start offset of SPARSE_SCRATCH elements
 * @param exports the module's kernels
 */
export function bindSparseProducts(ints: Int32Array, start: number, exports: Instance['exports']): SparseProducts {
  const tools = bindTools(start, exports);
  ints.set(TABLES, tools.scratch.tables);
  ints.fill(0, tools.scratch.zeros, tools.scratch.counts);
  return {
    gemm: (dense, epilogue) => overRows(tools, dense, epilogue),
    gemmTransposed: (dense, sparse) => (sparse === 'a' ? overInputs(tools, dense) : overGradients(tools, dense)),
  };
}

/** What the products are made of. */
interface Tools {
  readonly scratch: Scratch;
  readonly lists: Lists;
  readonly listRows: ListRows;
  readonly listColumns: ListColumns;
  readonly allFinite: AllFinite;
  readonly transpose: Transpose;
  readonly relu: Activate;
  readonly maskScale: MaskScale;
  /** For 1, 2, ... panels at once. */
  readonly products: readonly SparseProduct[];
}

function bindTools(start: number, exports: Instance['exports']): Tools {
  const scratch = scratchFrom(start);
  // As in workspace.ts: kernels.ts and sparse.ts say what they take and return.
  const named = <F>(name: string): F => exports[name] as unknown as F;
  const products: SparseProduct[] = [];
  for (let name = sparseProductName(1); name in exports; name = sparseProductName(products.length + 1)) {
    products.push(named(name));
  }
  return {
    scratch,
    lists: [scratch.lists, scratch.counts, scratch.tables],
    listRows: named('listRows'),
    listColumns: named('listColumns'),
    allFinite: named('allFinite'),
    transpose: named('transpose_16'),
    relu: named('activate_relu'),
    maskScale: named('maskScale'),
    products,
  };
}

/** Calls `now` for groups of panels as even as they come: a small one would have too few sums under way. */
function eachGroup(
  { products }: Tools,
  panels: number,
  now: (product: SparseProduct, first: number, count: number) => void,
): void {
  let first = 0;
  for (let groups = Math.ceil(panels / products.length); groups > 0; groups--) {
    const count = Math.ceil((panels - first) / groups);
    now(products[count - 1]!, first, count);
    first += count;
  }
}

/** `Gemm` by lists of the rows of a. */
function overRows(tools: Tools, dense: Gemm, epilogue: Epilogue): Gemm {
  const { scratch, lists, listRows, allFinite, relu, maskScale, products } = tools;
  const choice = new SparseChoice(products.length, false);
  return (a, aStride, panels, tail, w, wStride, outPanels, c, cStride, bias, rows, aux) => {
    const giveUp = () => dense(a, aStride, panels, tail, w, wStride, outPanels, c, cStride, bias, rows, aux);
    const depth = panels * 16 + tail;
    const size = { lines: rows, terms: Math.min(TERMS, depth), panels: outPanels };
    if (!choice.looks(size)) return giveUp();
    let found = 0;
    for (let row = 0; row < rows; row += LISTS) {
      const lines = Math.min(LISTS, rows - row);
      for (let k = 0; k < depth; k += TERMS) {
        const columns = Math.min(TERMS, depth - k);
        found += listRows(a + (k >> 4) * aStride + row * 16, aStride, columns, lines, ...lists);
        if (row === 0 && k === 0) {
          if (!choice.isSparse(size, found / (lines * columns))) return giveUp();
          if (!allFinite(w, wStride, outPanels, depth * 16)) return giveUp();
        }
        eachGroup(tools, outPanels, (product, first) => {
          const from = k > 0 ? 0 : bias === 0 ? scratch.zeros : bias + first * 16;
          const to = c + first * cStride + row * 16;
          product(scratch.lists, scratch.counts, lines, w + first * wStride + k * 16, wStride, to, cStride, from);
        });
      }
    }
    choice.learn(size, found / (rows * depth));
    for (let panel = 0; panel < outPanels; panel++) {
      const at = c + panel * cStride;
      if (epilogue === 'relu') relu(at, rows * 16);
      if (epilogue === 'reluMask') maskScale(at, at + aux, rows * 16, 1);
    }
  };
}

/** `GemmTransposed` by lists of the columns of a. */
function overInputs(tools: Tools, dense: GemmTransposed): GemmTransposed {
  const { scratch, lists, listColumns, allFinite, products } = tools;
  const choice = new SparseChoice(products.length, false);
  return (a, aStride, depth, d, dStride, outPanels, g, gStride, rows) => {
    const giveUp = () => dense(a, aStride, depth, d, dStride, outPanels, g, gStride, rows);
    const size = { lines: depth, terms: Math.min(TERMS, rows), panels: outPanels };
    if (!choice.looks(size)) return giveUp();
    let found = 0;
    for (let unit = 0; unit < depth; unit += LISTS) {
      const lines = Math.min(LISTS, depth - unit);
      for (let row = 0; row < rows; row += TERMS) {
        const now = Math.min(TERMS, rows - row);
        found += listColumns(a + (unit >> 4) * aStride + row * 16, aStride, Math.ceil(lines / 16), now, ...lists);
        if (unit === 0 && row === 0) {
          if (!choice.isSparse(size, found / (lines * now))) return giveUp();
          if (!allFinite(d, dStride, outPanels, rows * 16)) return giveUp();
        }
        eachGroup(tools, outPanels, (product, first) => {
          const from = row > 0 ? 0 : scratch.zeros;
          const to = g + first * gStride + unit * 16;
          product(scratch.lists, scratch.counts, lines, d + first * dStride + row * 16, dStride, to, gStride, from);
        });
      }
    }
    choice.learn(size, found / (depth * rows));
  };
}

/**
 * `GemmTransposed` by lists of the columns of d. The sums run along the inputs, so that g^T comes out: some panels of it at a
 * time, over all rows, which are then transposed.
 */
function overGradients(tools: Tools, dense: GemmTransposed): GemmTransposed {
  const { scratch, listColumns, allFinite, transpose, products } = tools;
  const { tables, transposed, zeros } = scratch;
  const choice = new SparseChoice(products.length, true);
  return (a, aStride, depth, d, dStride, outPanels, g, gStride, rows) => {
    const giveUp = () => dense(a, aStride, depth, d, dStride, outPanels, g, gStride, rows);
    const blocks = Math.ceil(rows / TERMS);
    const atOnce = Math.floor(LISTS / blocks / 16);
    const full = depth >> 4;
    const size = { lines: outPanels * 16, terms: Math.min(TERMS, rows), panels: full };
    if (atOnce === 0 || full === 0 || !choice.looks(size)) return giveUp();
    let found = 0;
    for (let panel = 0; panel < outPanels; panel += atOnce) {
      const panels = Math.min(atOnce, outPanels - panel);
      const lines = panels * 16;
      const listsOf = (block: number) =>
        [scratch.lists + block * lines * LIST, scratch.counts + block * lines] as const;
      for (let block = 0; block < blocks; block++) {
        const now = Math.min(TERMS, rows - block * TERMS);
        const from = d + panel * dStride + block * TERMS * 16;
        found += listColumns(from, dStride, panels, now, ...listsOf(block), tables);
      }
      if (panel === 0) {
        if (!choice.isSparse(size, found / (lines * rows))) return giveUp();
        if (!allFinite(a, aStride, full, rows * 16)) return giveUp();
      }
      eachGroup(tools, full, (product, first, count) => {
        for (let block = 0; block < blocks; block++) {
          const from = a + first * aStride + block * TERMS * 16;
          product(...listsOf(block), lines, from, aStride, transposed, lines * 16, block > 0 ? 0 : zeros);
        }
        transpose(transposed, lines * 16, lines, count, g + panel * gStride + first * 256, gStride);
      });
    }
    choice.learn(size, found / (size.lines * rows));
    const rest = depth - full * 16;
    if (rest > 0) dense(a + full * aStride, aStride, rest, d, dStride, outPanels, g + full * 256, gStride, rows);
  };
}
