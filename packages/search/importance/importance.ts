import { stream } from '@caviar/numerics';
import type { SearchSpace } from '@caviar/spec';
import { encodeTrials, type TrialTable, type ValuedTrial } from './encode-trials.js';
import { growTree, type RegressionTree } from './regression-tree.js';
import { type TreeVariance, treeVariance } from './tree-variance.js';

/** A share of the variance of the objective over the space: its mean over the trees and their standard deviation. */
export interface VarianceShare {
  /** 0 to 1. */
  readonly share: number;
  readonly spread: number;
}

export interface ParameterImportance extends VarianceShare {
  readonly name: string;
}

export interface PairImportance extends VarianceShare {
  readonly names: readonly [string, string];
}

/** What the value of a trial depends on. */
export interface Importance {
  /** Trials that the answer rests on. */
  readonly trials: number;
  readonly trees: number;
  /** Share of the variance that the trees predict for trials they have not seen (out of bag): near or below 0, trust nothing. */
  readonly fit: number;
  /** By share, the largest first. */
  readonly parameters: readonly ParameterImportance[];
  /** What two parameters do only together; the strongest, the largest first. */
  readonly pairs: readonly PairImportance[];
}

/** Why there is no answer: fewer than `MIN_IMPORTANCE_TRIALS` trials lie in the space, or all came to the same value. */
export type NoImportance = 'too-few-trials' | 'no-variance';

/** Fewer trials say nothing. */
export const MIN_IMPORTANCE_TRIALS = 16;
/** More trials are not looked at: what they would add is less than what the trees differ by. */
export const MAX_IMPORTANCE_TRIALS = 1_000;

const TREES = 32;
/** Parameters whose pairs are looked at: those that explain most in the trees, alone or together with others. */
const PAIRED_PARAMETERS = 12;
const SHOWN_PAIRS = 10;

/**
 * Importance of the parameters of a search by functional ANOVA (Hutter, Hoos, Leyton-Brown 2014: "An Efficient Approach
 * for Assessing Hyperparameter Importance"): a random forest predicts the value anywhere in the space, and its variance is
 * divided exactly among parameters and pairs. Where the sampler went does not matter, for every part of the space counts
 * by its size: uniform on each parameter's scale. A conditional parameter counts for as much of the space as it is active in.
 *
 * @param trials completed ones with finite values, `MAX_IMPORTANCE_TRIALS` at most; those outside the space are left out
 * @returns the answer; the generator gives control back after every tree, so that a server can do other work in between
 */
export function* importance(
  space: SearchSpace,
  trials: readonly ValuedTrial[],
  { seed }: { readonly seed: number },
): Generator<void, Importance | NoImportance> {
  const table = encodeTrials(space, trials);
  const { columns, targets } = table;
  if (targets.length < MIN_IMPORTANCE_TRIALS) return 'too-few-trials';
  if (targets.every((target) => target === targets[0])) return 'no-variance';

  const forest: RegressionTree[] = [];
  const outOfBag = new OutOfBag(targets);
  const orders = columns.map((_, column) => orderOf(table, column));
  for (let t = 0; t < TREES; t++) {
    const random = stream(seed, 'importance', t);
    const weights = new Uint16Array(targets.length);
    for (let draw = 0; draw < targets.length; draw++) weights[random.below(targets.length)]!++;
    forest.push(growTree(table, { weights, orders, random, predict: outOfBag.add }));
    yield;
  }

  const choices = columns.map((column) => column.choices);
  const pairs = pairsOf(strongest(forest));
  const shares = { singles: columns.map(() => [] as number[]), pairs: pairs.map(() => [] as number[]) };
  for (const tree of forest) {
    const variance = treeVariance(tree, choices);
    // A tree that predicts the same everywhere has nothing to divide.
    if (variance.total > 0) addShares(shares, variance, pairs);
    yield;
  }
  if (shares.singles[0]?.length === 0) return 'no-variance';
  return {
    trials: targets.length,
    trees: TREES,
    fit: outOfBag.fit(),
    parameters: columns.map(({ name }, i) => ({ name, ...summary(shares.singles[i]!) })).sort(byShare),
    pairs: pairs
      .map(([a, b], i) => ({ names: [columns[a]!.name, columns[b]!.name] as const, ...summary(shares.pairs[i]!) }))
      .sort(byShare)
      .slice(0, SHOWN_PAIRS),
  };
}

function addShares(
  shares: { readonly singles: readonly number[][]; readonly pairs: readonly number[][] },
  variance: TreeVariance,
  pairs: readonly (readonly [number, number])[],
): void {
  shares.singles.forEach((list, column) => {
    list.push(variance.single(column) / variance.total);
  });
  pairs.forEach(([a, b], i) => {
    shares.pairs[i]!.push(variance.pair(a, b) / variance.total);
  });
}

/** Predictions for trials by the trees that were grown without them. */
class OutOfBag {
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  constructor(readonly targets: Float64Array) {
    this.#sums = new Float64Array(targets.length);
    this.#counts = new Float64Array(targets.length);
  }

  readonly add = (trial: number, value: number): void => {
    this.#sums[trial]! += value;
    this.#counts[trial]! += 1;
  };

  /** Coefficient of determination; targets have mean 0. */
  fit(): number {
    let missed = 0;
    let all = 0;
    this.targets.forEach((target, trial) => {
      if (this.#counts[trial] === 0) return;
      missed += (target - this.#sums[trial]! / this.#counts[trial]!) ** 2;
      all += target * target;
    });
    return all > 0 ? 1 - missed / all : 0;
  }
}

function orderOf({ columns, targets }: TrialTable, column: number): Int32Array {
  const { values } = columns[column]!;
  const key = (trial: number) => (Number.isNaN(values[trial]) ? 2 : values[trial]!); // beyond the unit interval
  const trials = Int32Array.from(targets, (_, trial) => trial);
  return columns[column]!.choices === null ? trials.sort((a, b) => key(a) - key(b) || a - b) : trials;
}

/** Columns by what they explain in all trees, interactions included. */
function strongest(forest: readonly RegressionTree[]): number[] {
  const gains = new Float64Array(forest[0]?.gains.length ?? 0);
  for (const tree of forest) {
    tree.gains.forEach((gain, column) => {
      gains[column]! += gain;
    });
  }
  return Array.from(gains.keys())
    .filter((column) => gains[column]! > 0)
    .sort((a, b) => gains[b]! - gains[a]! || a - b)
    .slice(0, PAIRED_PARAMETERS)
    .sort((a, b) => a - b);
}

function pairsOf(columns: readonly number[]): (readonly [number, number])[] {
  return columns.flatMap((a, i) => columns.slice(i + 1).map((b) => [a, b] as const));
}

function summary(shares: readonly number[]): VarianceShare {
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const squares = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0);
  return { share: mean, spread: Math.sqrt(squares / shares.length) };
}

function byShare(a: VarianceShare, b: VarianceShare): number {
  return b.share - a.share;
}
