import { stream } from '@caviar/numerics';
import type { Dataset, DatasetInfo, Split } from '@caviar/spec';
import { hasTestPart } from '@caviar/spec/plain';
import { TrainingInputError } from '../job.js';
import { splitGroups } from './split-groups.js';

/**
 * Row numbers of each part, ascending. Together they are all rows, and no row is in two parts. A test part of the data set's
 * own is the test part.
 */
export interface Parts {
  readonly train: Int32Array;
  readonly dev: Int32Array;
  readonly test: Int32Array;
}

/** Rows that are shared out together by the ratios. */
interface Stratum {
  /** Ends the name of its stream of random numbers. */
  readonly key: readonly number[];
  readonly name: string;
  readonly rows: Int32Array;
  /** Rows that each part gets at least. */
  readonly least: number;
}

/**
 * Splits a data set at random, by the split's seed or else the search's alone: all trials of a search share it, and nobody's test rows are
 * somebody else's training rows. Classification is stratified: every class is shared out by the ratios, and where the data
 * set tells its sources, every class of every source, so that dev and test come from one distribution (seed 1.1). Rows of
 * sources that the split does not aim at are all trained on. Groups stay together (`split-groups.ts`). Throws
 * TrainingInputError when a part or a class's share would be empty.
 */
export function splitRows(dataset: Dataset, split: Split, searchSeed: number): Parts {
  if (dataset.targets.length === 0) throw new TrainingInputError(['dataset'], 'has no rows');
  const seed = split.seed ?? searchSeed;
  const drawn = dataset.groups === undefined ? drawRows(dataset, split, seed) : splitGroups(dataset, split, seed);
  const parts = { train: ascending(drawn.train), dev: ascending(drawn.dev), test: ascending(drawn.test) };
  for (const [name, rows] of Object.entries(parts)) {
    if (rows.length > 0 || (name === 'test' && split.test === 0)) continue;
    throw new TrainingInputError(['trainer', 'split'], `leaves no rows for the ${name} part`);
  }
  if (!hasTestPart(dataset.info)) return parts;
  if (split.test > 0)
    throw new TrainingInputError(['trainer', 'split', 'test'], 'must be 0: there is a test part already');
  return { ...parts, test: Int32Array.from({ length: dataset.info.testRows ?? 0 }, (_, i) => dataset.info.rows + i) };
}

function drawRows(dataset: Dataset, split: Split, seed: number): Record<keyof Parts, readonly number[]> {
  const { strata, trainOnly } = strataOf(dataset, split);
  const wanted = split.test > 0 ? 3 : 2;
  const train = [...trainOnly];
  const dev: number[] = [];
  const test: number[] = [];
  let seen = 0;
  for (const { key, name, rows, least } of strata) {
    if (rows.length === 0) continue;
    if (rows.length < wanted * least) throw tooFew(name, rows.length, wanted);
    stream(seed, 'split', ...key).shuffle(rows);
    seen += rows.length;
    // Rounding is carried from class to class, so that the totals come out right too.
    const devCount = clamp(Math.round(seen * split.dev) - dev.length, least, rows.length - (wanted - 1) * least);
    const testCount =
      wanted === 3 ? clamp(Math.round(seen * split.test) - test.length, least, rows.length - least - devCount) : 0;
    rows.forEach((row, i) => {
      (i < devCount ? dev : i < devCount + testCount ? test : train).push(row);
    });
  }
  return { train, dev, test };
}

function tooFew(name: string, count: number, wanted: number): TrainingInputError {
  const parts = wanted === 3 ? 'train, dev and test' : 'train and dev';
  const rows = `${count} row${count === 1 ? '' : 's'}`;
  return new TrainingInputError(['trainer', 'split'], `${name} has ${rows}, too few for one in each of ${parts}`);
}

function strataOf(
  { info, targets, sources }: Dataset,
  split: Split,
): { readonly strata: readonly Stratum[]; readonly trainOnly: readonly number[] } {
  const isClassification = info.task === 'classification';
  const classes = isClassification ? rowsByClass(targets, info) : [allRows(info.rows)];
  const nameOf = (c: number) => (isClassification ? `class "${info.classNames?.[c] ?? c}"` : 'the data set');
  const aims = aimsOf(info, split);
  if (sources === undefined || aims === null) {
    const strata = classes.map((rows, c) => ({ key: [c], name: nameOf(c), rows, least: 1 }));
    return { strata, trainOnly: [] };
  }
  // A class of a source may be too small for every part: rounding is carried on to the next.
  const strata = classes.flatMap((rows, c) =>
    aims.map((_, source) => ({
      key: [c, source],
      name: nameOf(c),
      rows: rows.filter((row) => sources[row] === source),
      least: 0,
    })),
  );
  return {
    strata: strata.filter((_, i) => aims[i % aims.length]),
    trainOnly: strata.flatMap(({ rows }, i) => (aims[i % aims.length] ? [] : [...rows])),
  };
}

/** Whether dev and test are drawn from each source; null where there are none. Throws for one that does not exist. */
function aimsOf(info: DatasetInfo, split: Split): readonly boolean[] | null {
  const names = info.sources?.map(({ name }) => name) ?? null;
  const unknown = split.sources?.find((name) => !names?.includes(name));
  if (unknown !== undefined) {
    throw new TrainingInputError(['trainer', 'split', 'sources'], `${info.id} has no source "${unknown}"`);
  }
  return names?.map((name) => split.sources?.includes(name) ?? true) ?? null;
}

function rowsByClass(targets: ArrayLike<number>, { rows: count, classes }: DatasetInfo): Int32Array[] {
  const rows: number[][] = Array.from({ length: classes ?? 0 }, () => []);
  for (let row = 0; row < count; row++) {
    const members = rows[targets[row]!];
    if (members === undefined) {
      throw new TrainingInputError(['dataset', 'targets', row], `is not a class from 0 to ${rows.length - 1}`);
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
