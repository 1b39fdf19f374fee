import type { Extent, Leaf, RegressionTree } from './regression-tree.js';

/**
 * How the variance of a tree's prediction over the whole space divides among its parameters: functional analysis of
 * variance by the boxes of the leaves (Hutter, Hoos, Leyton-Brown 2014, section 3), exact for the tree.
 *
 * | symbol | meaning |
 * | --- | --- |
 * | volume | share of the space that a leaf covers, the parameters being independent and uniform in [0, 1] |
 * | cell | part of a domain in which no leaf begins or ends; single choices of a categorical parameter |
 * | marginal | of some parameters: mean of the prediction over all others |
 */
export interface TreeVariance {
  /** Of the prediction; 0 when it is the same everywhere. */
  readonly total: number;
  /** Variance of the marginal of one column. */
  single(column: number): number;
  /** Variance of the marginal of two columns, less that of each alone: what they do only together. */
  pair(first: number, second: number): number;
}

/** A column as the leaves cut it up. All by leaf, in the order of the tree. */
interface Axis {
  /** Width of each cell; they add up to 1. */
  readonly widths: Float64Array;
  /** First and end cells of the runs that the leaf covers: begin, end, begin, end. */
  readonly runs: readonly Int32Array[];
  /** Share of the domain that the leaf covers. */
  readonly sizes: Float64Array;
}

/** @param choices number of choices by column, null for a range */
export function treeVariance({ leaves }: RegressionTree, choices: readonly (number | null)[]): TreeVariance {
  const limited = new Set(leaves.flatMap(({ box }) => [...box.keys()]));
  const axes = new Map([...limited].map((column) => [column, axisOf(column, leaves, choices[column]!)]));
  const volumes = leaves.map(({ box }, leaf) => {
    let volume = 1;
    for (const column of box.keys()) volume *= axes.get(column)!.sizes[leaf]!;
    return volume;
  });
  const masses = Float64Array.from(leaves, ({ value }, leaf) => value * volumes[leaf]!);
  const mean = masses.reduce((sum, mass) => sum + mass, 0);
  const total = leaves.reduce((sum, { value }, leaf) => sum + volumes[leaf]! * (value - mean) ** 2, 0);

  const singles = new Map([...axes].map(([column, axis]) => [column, singleVariance(axis, masses, mean)]));
  const single = (column: number) => singles.get(column) ?? 0;
  return {
    total,
    single,
    pair(first, second) {
      const [a, b] = [axes.get(first), axes.get(second)];
      if (a === undefined || b === undefined) return 0;
      // An orthogonal part of the variance: below 0 by rounding only.
      return Math.max(0, pairVariance([a, b], masses, mean) - single(first) - single(second));
    },
  };
}

function singleVariance({ widths, runs, sizes }: Axis, masses: Float64Array, mean: number): number {
  const steps = new Float64Array(widths.length + 1); // differences from cell to cell
  for (let leaf = 0; leaf < masses.length; leaf++) {
    const run = runs[leaf]!;
    const height = masses[leaf]! / sizes[leaf]!;
    for (let k = 0; k < run.length; k += 2) {
      steps[run[k]!]! += height;
      steps[run[k + 1]!]! -= height;
    }
  }
  let variance = 0;
  let marginal = 0;
  for (let cell = 0; cell < widths.length; cell++) {
    marginal += steps[cell]!;
    variance += widths[cell]! * (marginal - mean) ** 2;
  }
  return variance;
}

function pairVariance([a, b]: readonly [Axis, Axis], masses: Float64Array, mean: number): number {
  const stride = b.widths.length + 1;
  const steps = new Float64Array((a.widths.length + 1) * stride); // differences along both axes
  for (let leaf = 0; leaf < masses.length; leaf++) {
    const height = masses[leaf]! / (a.sizes[leaf]! * b.sizes[leaf]!);
    const [runA, runB] = [a.runs[leaf]!, b.runs[leaf]!];
    for (let i = 0; i < runA.length; i++) {
      const row = runA[i]! * stride;
      const sign = i % 2 === 0 ? height : -height; // a run's end takes back what its begin adds
      for (let k = 0; k < runB.length; k += 2) {
        steps[row + runB[k]!]! += sign;
        steps[row + runB[k + 1]!]! -= sign;
      }
    }
  }
  const along = new Float64Array(stride);
  let variance = 0;
  for (let cellA = 0; cellA < a.widths.length; cellA++) {
    let marginal = 0;
    let rowVariance = 0;
    for (let cellB = 0; cellB < b.widths.length; cellB++) {
      along[cellB]! += steps[cellA * stride + cellB]!;
      marginal += along[cellB]!;
      rowVariance += b.widths[cellB]! * (marginal - mean) ** 2;
    }
    variance += a.widths[cellA]! * rowVariance;
  }
  return variance;
}

function axisOf(column: number, leaves: readonly Leaf[], choices: number | null): Axis {
  const extents = leaves.map(({ box }) => box.get(column));
  return choices === null ? rangeAxis(extents) : choiceAxis(extents, choices);
}

function rangeAxis(extents: readonly (Extent | undefined)[]): Axis {
  const ends = new Set([0, 1]);
  for (const extent of extents) {
    if (extent?.kind === 'range') ends.add(extent.low).add(extent.high);
  }
  const borders = Float64Array.from(ends).sort();
  const cellAt = new Map(Array.from(borders, (border, cell) => [border, cell]));
  const whole = Int32Array.of(0, borders.length - 1);
  return {
    widths: borders.subarray(1).map((border, cell) => border - borders[cell]!),
    runs: extents.map((extent) =>
      extent?.kind === 'range' ? Int32Array.of(cellAt.get(extent.low)!, cellAt.get(extent.high)!) : whole,
    ),
    sizes: Float64Array.from(extents, (extent) => (extent?.kind === 'range' ? extent.high - extent.low : 1)),
  };
}

function choiceAxis(extents: readonly (Extent | undefined)[], count: number): Axis {
  const chosen = extents.map((extent) => (extent?.kind === 'choices' ? extent.choices : null));
  const whole = Int32Array.of(0, count);
  return {
    widths: new Float64Array(count).fill(1 / count),
    runs: chosen.map((choices) => (choices === null ? whole : runsOf(choices))),
    sizes: Float64Array.from(chosen, (choices) => (choices?.length ?? count) / count),
  };
}

function runsOf(choices: readonly number[]): Int32Array {
  const ends: number[] = [];
  for (const choice of choices) {
    if (ends.at(-1) === choice) ends[ends.length - 1] = choice + 1;
    else ends.push(choice, choice + 1);
  }
  return Int32Array.from(ends);
}
