import { stream } from '@caviar/numerics';
import type { Dataset, Split } from '@caviar/spec';
import { TrainingInputError } from '../job.js';

/** Row numbers of each part, ascending. Together they are all rows, and no row is in two parts. */
export interface Parts {
  readonly train: Int32Array;
  readonly dev: Int32Array;
  readonly test: Int32Array;
}

/**
 * Splits a data set at random, by the search's seed alone: all trials of a search share it, and nobody's test rows are
 * somebody else's training rows. Classification is stratified: every class is shared out by the ratios, so that dev and
 * test come from one distribution (seed 1.1). Throws TrainingInputError when a part or a class's share would be empty.
 */
export function splitRows(dataset: Dataset, split: Split, searchSeed: number): Parts {
  const { info, targets } = dataset;
  const strata = info.task === 'classification' ? rowsByClass(targets, info.classes ?? 0) : [allRows(targets.length)];
  const wanted = split.test > 0 ? 3 : 2;
  const train: number[] = [];
  const dev: number[] = [];
  const test: number[] = [];
  let seen = 0;
  strata.forEach((rows, stratum) => {
    if (rows.length === 0) return;
    if (rows.length < wanted) {
      const name = info.task === 'classification' ? `class "${info.classNames?.[stratum] ?? stratum}"` : 'the data set';
      const parts = wanted === 3 ? 'train, dev and test' : 'train and dev';
      throw new TrainingInputError(
        ['trainer', 'split'],
        `${name} has ${rows.length} row${rows.length === 1 ? '' : 's'}, too few for one in each of ${parts}`,
      );
    }
    stream(searchSeed, 'split', stratum).shuffle(rows);
    seen += rows.length;
    // Rounding is carried from class to class, so that the totals come out right too.
    const devCount = clamp(Math.round(seen * split.dev) - dev.length, 1, rows.length - (wanted - 1));
    const testCount =
      wanted === 3 ? clamp(Math.round(seen * split.test) - test.length, 1, rows.length - 1 - devCount) : 0;
    dev.push(...rows.subarray(0, devCount));
    test.push(...rows.subarray(devCount, devCount + testCount));
    train.push(...rows.subarray(devCount + testCount));
  });
  if (train.length === 0) throw new TrainingInputError(['dataset'], 'has no rows');
  return { train: ascending(train), dev: ascending(dev), test: ascending(test) };
}

function rowsByClass(targets: ArrayLike<number>, classes: number): Int32Array[] {
  const rows: number[][] = Array.from({ length: classes }, () => []);
  for (let row = 0; row < targets.length; row++) {
    const members = rows[targets[row]!];
    if (members === undefined) {
      throw new TrainingInputError(['dataset', 'targets', row], `is not a class from 0 to ${classes - 1}`);
    }
    members.push(row);
  }
  return rows.map((members) => Int32Array.from(members));
}

function allRows(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}

function ascending(rows: readonly number[]): Int32Array {
  return Int32Array.from(rows).sort();
}

function clamp(x: number, min: number, max: number): number {
  return Math.min(Math.max(x, min), max);
}
