/** What a product has at least for lists to be tried. */
const FEWEST = { multiplyAdds: 1 << 18, mostFilled: 0.1 } as const;

/** A product in the terms of its lists: their number, how long they are before zeros are left out, and panels of the other operand. */
export interface ProductSize {
  readonly lines: number;
  readonly terms: number;
  readonly panels: number;
}

/**
 * What the two forms of a product cost, in units of what a dense one takes for a term of a line and a panel (1 cycle of 256-bit
 * multiply-adds; measured on Zen 5). A row that is fetched for one line alone comes dearer than one that serves a tile, every list
 * has to be made, gone into and left, the other operand has to be looked at, and a result that comes out transposed to be turned.
 */
const COST = { term: 1.3, listed: 1.3, visit: 25, look: 2.5, turn: 5, overhead: 0.03 } as const;

/** Calls that are dense without looking after one that looked and found too few zeros. */
const PAUSE = 15;

/** Decides, call by call, whether to pass over zeros: by the size first, then by what the lists of some lines have found. */
export class SparseChoice {
  /** Panels that a kernel takes at once. */
  readonly #atOnce: number;
  /** Whether the result comes out transposed. */
  readonly #turns: boolean;
  #pause = 0;

  constructor(atOnce: number, turns: boolean) {
    this.#atOnce = atOnce;
    this.#turns = turns;
  }

  /** Whether lists are worth making. */
  looks(size: ProductSize): boolean {
    if (size.lines * size.terms * size.panels * 16 < FEWEST.multiplyAdds) return false;
    if (this.#mostFilled(size) < FEWEST.mostFilled) return false;
    if (this.#pause === 0) return true;
    this.#pause--;
    return false;
  }

  /** Whether a product of that size, of whose elements that share is not zero, is better off with its lists; if not, the next ones are dense. */
  isSparse(size: ProductSize, filled: number): boolean {
    const sparse = filled <= this.#mostFilled(size);
    if (!sparse) this.#pause = PAUSE;
    return sparse;
  }

  /** The same from all of a product's lists, where the first ones have said that it is: too late for this product. */
  learn(size: ProductSize, filled: number): void {
    this.isSparse(size, filled);
  }

  #mostFilled({ lines, terms, panels }: ProductSize): number {
    const { term, listed, visit, look, turn, overhead } = COST;
    const perPanel = panels / Math.ceil(panels / this.#atOnce);
    const ofLists = listed / panels + visit / (perPanel * terms);
    return (1 - overhead - ofLists - look / lines - (this.#turns ? turn / terms : 0)) / term;
  }
}
