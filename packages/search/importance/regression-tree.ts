import type { Stream } from '@caviar/numerics';
import type { Column, TrialTable } from './encode-trials.js';

/** Part of a parameter's domain: of a range its places from `low` to `high`, of a categorical one some choices, ascending. */
export type Extent =
  | { readonly kind: 'range'; readonly low: number; readonly high: number }
  | { readonly kind: 'choices'; readonly choices: readonly number[] };

/** A part of the space in which the tree predicts one value; parameters by column, absent where all of the domain is in it. */
export interface Leaf {
  readonly value: number;
  readonly box: ReadonlyMap<number, Extent>;
}

export interface RegressionTree {
  /** They partition the space. */
  readonly leaves: readonly Leaf[];
  /** By column: sum of squares that splitting on it has explained. */
  readonly gains: Float64Array;
}

export interface TreeOptions {
  /** How often each trial is in the sample; those with 0 are predicted instead. */
  readonly weights: Uint16Array;
  /** By column, the trials in ascending order of its values, NaN last; of a categorical one in any order. */
  readonly orders: readonly Int32Array[];
  /** Draws the columns that a split may choose from. */
  readonly random: Stream;
  /** Called for every trial outside the sample. */
  readonly predict: (trial: number, value: number) => void;
}

/** Trials, counted as often as they were drawn, that a leaf has at least. */
const MIN_LEAF = 2;

interface Split {
  readonly column: number;
  readonly gain: number;
  /** Weight of the left part. */
  readonly weight: number;
  readonly left: Extent;
  readonly right: Extent;
}

interface Node {
  readonly start: number;
  readonly end: number;
  readonly outside: readonly number[];
  readonly box: ReadonlyMap<number, Extent>;
}

/**
 * Grows a regression tree by least squares (CART; Breiman et al. 1984) until its leaves are small or pure.
 *
 * A node splits only on parameters that all of its trials have: a conditional one is looked at below the choice that makes
 * it active, and nowhere else has any effect.
 */
export function growTree({ columns, targets }: TrialTable, options: TreeOptions): RegressionTree {
  const { weights, random, predict } = options;
  const orders = options.orders.map((order) => order.filter((trial) => weights[trial]! > 0));
  const gains = new Float64Array(columns.length);
  const leaves: Leaf[] = [];
  const goesLeft = new Uint8Array(targets.length);
  const scratch = new Int32Array(targets.length);
  const outside = Array.from(weights, (_, trial) => trial).filter((trial) => weights[trial] === 0);
  const pending: Node[] = [{ start: 0, end: orders[0]?.length ?? 0, outside, box: new Map() }];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const { weight, sum } = totalOf(orders[0]!, node);
    const split = bestSplit(node, weight, sum);
    if (split === null) {
      const value = sum / weight;
      leaves.push({ value, box: node.box });
      for (const trial of node.outside) predict(trial, value);
      continue;
    }
    gains[split.column]! += split.gain;
    pending.push(...divide(node, split, weight));
  }
  return { leaves, gains };

  function totalOf(order: Int32Array, { start, end }: Node) {
    let weight = 0;
    let sum = 0;
    for (let k = start; k < end; k++) {
      weight += weights[order[k]!]!;
      sum += weights[order[k]!]! * targets[order[k]!]!;
    }
    return { weight, sum };
  }

  function bestSplit(node: Node, weight: number, sum: number): Split | null {
    if (weight < 2 * MIN_LEAF) return null;
    let best: Split | null = null;
    for (const column of someColumns(columns.length, random)) {
      const order = orders[column]!.subarray(node.start, node.end);
      const question = { column: columns[column]!, index: column, order, weights, targets, weight, sum, box: node.box };
      const found = columns[column]!.choices === null ? splitRange(question) : splitChoices(question);
      if (found !== null && found.gain > (best?.gain ?? MIN_GAIN)) best = found;
    }
    return best;
  }

  function divide(node: Node, split: Split, weight: number): readonly Node[] {
    const { values } = columns[split.column]!;
    const side = sideOf(split, weight - split.weight);
    for (let k = node.start; k < node.end; k++) {
      const trial = orders[split.column]![k]!;
      goesLeft[trial] = side(values[trial]!) ? 1 : 0;
    }
    let middle = node.start;
    for (const order of orders) middle = partition(order, node, goesLeft, scratch);
    const part = (extent: Extent) => new Map(node.box).set(split.column, extent);
    return [
      { start: middle, end: node.end, outside: node.outside.filter((i) => !side(values[i]!)), box: part(split.right) },
      { start: node.start, end: middle, outside: node.outside.filter((i) => side(values[i]!)), box: part(split.left) },
    ];
  }
}

/** Targets lie in [-1, 1]: less than this is rounding. */
const MIN_GAIN = 1e-12;

/** The parameters that a split may choose from: most of a few (5/6, as Hutter et al. 2014), a third of many (Breiman 2001). */
function someColumns(count: number, random: Stream): Int32Array {
  const tried = Math.max(Math.ceil(count / 3), Math.min(Math.ceil((5 * count) / 6), 16));
  return random.permutation(count).subarray(0, tried);
}

interface SplitQuestion {
  readonly column: Column;
  readonly index: number;
  /** Trials of the node, ordered for this column. */
  readonly order: Int32Array;
  readonly weights: Uint16Array;
  readonly targets: Float64Array;
  readonly weight: number;
  readonly sum: number;
  readonly box: ReadonlyMap<number, Extent>;
}

/** Sum of squares explained by parting (weight, sum) into a left part and the rest. */
function gainOf(leftWeight: number, leftSum: number, { weight, sum }: SplitQuestion): number {
  const rest = sum - leftSum;
  return (leftSum * leftSum) / leftWeight + (rest * rest) / (weight - leftWeight) - (sum * sum) / weight;
}

function splitRange(question: SplitQuestion): Split | null {
  const { column, index, order, weights, targets, weight, box } = question;
  const { values } = column;
  const last = values[order[order.length - 1]!]!;
  if (Number.isNaN(last) || values[order[0]!] === last) return null;
  const extent = box.get(index);
  const [low, high] = extent?.kind === 'range' ? [extent.low, extent.high] : [0, 1];
  let leftWeight = 0;
  let leftSum = 0;
  let best = { gain: MIN_GAIN, weight: 0, at: 0 };
  let next = values[order[0]!]!;
  for (let k = 0; k < order.length - 1; k++) {
    const trial = order[k]!;
    const here = next;
    next = values[order[k + 1]!]!;
    leftWeight += weights[trial]!;
    leftSum += weights[trial]! * targets[trial]!;
    if (here === next || leftWeight < MIN_LEAF) continue;
    if (weight - leftWeight < MIN_LEAF) break;
    const gain = gainOf(leftWeight, leftSum, question);
    if (gain <= best.gain) continue;
    const at = here + (next - here) / 2;
    // Between neighbouring doubles there is no middle, and a part without width has no share of the space.
    if (at > low && at > here && at < high) best = { gain, weight: leftWeight, at };
  }
  if (best.weight === 0) return null;
  return {
    column: index,
    gain: best.gain,
    weight: best.weight,
    left: { kind: 'range', low, high: best.at },
    right: { kind: 'range', low: best.at, high },
  };
}

/** Choices in the order of their means: the best parting of all is among the cuts of that order (Breiman et al. 1984, 4.2.2). */
function splitChoices(question: SplitQuestion): Split | null {
  const { column, index, order, weights, targets, weight, box } = question;
  const count = column.choices ?? 0;
  const sums = new Float64Array(count);
  const counts = new Float64Array(count);
  for (const trial of order) {
    const choice = column.values[trial]!;
    if (Number.isNaN(choice)) return null;
    counts[choice]! += weights[trial]!;
    sums[choice]! += weights[trial]! * targets[trial]!;
  }
  const extent = box.get(index);
  const within = extent?.kind === 'choices' ? extent.choices : Array.from(counts.keys());
  const seen = within.filter((choice) => counts[choice]! > 0);
  seen.sort((a, b) => sums[a]! / counts[a]! - sums[b]! / counts[b]! || a - b);
  let leftWeight = 0;
  let leftSum = 0;
  let cut: { readonly gain: number; readonly weight: number; readonly length: number } | null = null;
  seen.slice(0, -1).forEach((choice, k) => {
    leftWeight += counts[choice]!;
    leftSum += sums[choice]!;
    if (leftWeight < MIN_LEAF || weight - leftWeight < MIN_LEAF) return;
    const gain = gainOf(leftWeight, leftSum, question);
    if (gain > (cut?.gain ?? MIN_GAIN)) cut = { gain, weight: leftWeight, length: k + 1 };
  });
  return cut === null ? null : partChoices(cut, { index, within, seen, weight });
}

/** Choices that no trial of the node has go with the larger part. */
function partChoices(
  cut: { readonly gain: number; readonly weight: number; readonly length: number },
  {
    index,
    within,
    seen,
    weight,
  }: { index: number; within: readonly number[]; seen: readonly number[]; weight: number },
): Split {
  const lesser = new Set(2 * cut.weight > weight ? seen.slice(cut.length) : seen.slice(0, cut.length));
  const [some, others] = [
    within.filter((choice) => lesser.has(choice)),
    within.filter((choice) => !lesser.has(choice)),
  ];
  const [left, right] = 2 * cut.weight > weight ? [others, some] : [some, others];
  return {
    column: index,
    gain: cut.gain,
    weight: cut.weight,
    left: { kind: 'choices', choices: left },
    right: { kind: 'choices', choices: right },
  };
}

/** Whether a value goes to the left; where the parameter is not active, the larger part is taken. */
function sideOf({ left, weight }: Split, restWeight: number): (value: number) => boolean {
  const unknown = weight >= restWeight;
  if (left.kind === 'range') return (value) => (Number.isNaN(value) ? unknown : value < left.high);
  const choices = new Set(left.choices);
  return (value) => (Number.isNaN(value) ? unknown : choices.has(value));
}

/** Moves those that go left to the front of the node's part of `order`, both sides keeping their order; gives the border. */
function partition(order: Int32Array, { start, end }: Node, goesLeft: Uint8Array, scratch: Int32Array): number {
  let middle = start;
  let kept = 0;
  for (let k = start; k < end; k++) {
    const trial = order[k]!;
    if (goesLeft[trial] === 1) order[middle++] = trial;
    else scratch[kept++] = trial;
  }
  order.set(scratch.subarray(0, kept), middle);
  return middle;
}
