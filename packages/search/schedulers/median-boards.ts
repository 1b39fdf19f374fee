import type { Direction } from '@caviar/spec';
import { lowerIsBetter } from '../direction.js';
import { addToFronts, type FrontMember, type Fronts, frontOf } from '../fronts.js';
import { type Heap, popHeap, pushHeap, worstFirst } from '../heap.js';
import type { Standing } from '../standings.js';

/** How a running trial compares with those that were completed. */
export interface Comparison {
  readonly isWorse: boolean;
  /** In words, around "worse than": the trial's part, and what it is held against. */
  readonly own: string;
  readonly others: string;
}

/** Running averages of the completed trials at one step, as plain JSON. `B` is the board of a step. */
export interface MedianBoards<B> {
  create(): B;
  insert(board: B, average: Standing, number: number): void;
  /** Null while there is nothing to compare with. */
  compare(board: B, best: Standing): Comparison | null;
  /** The value that parts the better half from the other; null where there is none. */
  cut(board: B): number | null;
}

/** The lower half with the largest first, the upper with the least. */
interface Halves {
  readonly lower: Heap;
  readonly upper: Heap;
}

/** By one value: the best so far against the median. */
export function valueBoards(direction: Direction): MedianBoards<Halves> {
  const inWords = (cost: number) => String(Number(lowerIsBetter(cost, direction)!.toPrecision(4)));
  return {
    create: () => ({ lower: [], upper: [] }),
    insert: ({ lower, upper }, { costs: [value] }, number) => {
      if (lower.length === 0 || value! <= lower[0]![0]) pushHeap(lower, [value!, number], worstFirst);
      else pushHeap(upper, [value!, number]);
      if (lower.length > upper.length + 1) pushHeap(upper, popHeap(lower, worstFirst)!);
      else if (upper.length > lower.length) pushHeap(lower, popHeap(upper)!, worstFirst);
    },
    compare: (halves, { costs: [best] }) => {
      const median = medianOf(halves);
      if (median === null) return null;
      return {
        isWorse: best! > median,
        own: `its best value ${inWords(best!)} is`,
        others: `the median ${inWords(median)} of the running averages of completed trials`,
      };
    },
    cut: medianOf,
  };
}

function medianOf({ lower, upper }: Halves): number | null {
  const low = lower[0];
  if (low === undefined) return null;
  const high = upper[0];
  return high === undefined || lower.length > upper.length ? low[0] : (low[0] + high[0]) / 2;
}

/**
 * By several objectives, or with constraints: the best so far in each is worse when more than half of the averages lie on
 * fronts before it. With one objective and without constraints that is the median rule.
 */
export const frontBoards: MedianBoards<Fronts<FrontMember>> = {
  create: () => [],
  insert: (fronts, average, number) => addToFronts(fronts, { ...average, number }),
  compare: (fronts, best) => {
    const all = fronts.reduce((sum, front) => sum + front.length, 0);
    if (all === 0) return null;
    const own = frontOf(fronts, best);
    const ahead = fronts.slice(0, own).reduce((sum, front) => sum + front.length, 0);
    return {
      isWorse: 2 * ahead > all,
      own: `its best values, on front ${own + 1}, are`,
      others: `half of the running averages of completed trials (${ahead} of ${all} are ahead)`,
    };
  },
  cut: () => null,
};
