import type { DatasetInfo, DatasetSource } from './dataset.js';
import type { Split } from './search-spec.js';

/** Rows of every source in a part of the data, about (whole rows may round otherwise). */
export interface PartSources {
  readonly train: readonly DatasetSource[];
  readonly dev: readonly DatasetSource[];
  readonly test: readonly DatasetSource[];
  /** Whether dev and test come from other sources than train, or in other shares: a mismatched distribution (seed 1.1). */
  readonly mismatched: boolean;
}

/** Rows in every part of a split, about. */
export function partRows(
  info: DatasetInfo,
  split: Split,
): { readonly train: number; readonly dev: number; readonly test: number } {
  const parts = partSources(info, split);
  const count = (part: 'train' | 'dev' | 'test') =>
    parts === null
      ? Math.round(split[part] * info.rows)
      : Math.round(parts[part].reduce((sum, { rows }) => sum + rows, 0));
  return { train: count('train'), dev: count('dev'), test: info.testRows ?? count('test') };
}

/**
 * What a split does to the sources of a data set. Dev and test have every source in the same share, always: that is the
 * notes' one rule. Null for a data set that does not tell its sources.
 */
export function partSources({ sources }: DatasetInfo, split: Split): PartSources | null {
  if (sources === undefined || sources === null) return null;
  const aims = (name: string) => split.sources?.includes(name) ?? true;
  const take = (share: number, rest: number) =>
    sources.map(({ name, rows }) => ({ name, rows: rows * (aims(name) ? share : rest) }));
  return {
    train: take(split.train, 1),
    dev: take(split.dev, 0),
    test: take(split.test, 0),
    mismatched: sources.some(({ name, rows }) => rows > 0 && !aims(name)),
  };
}
