/** What is known of a data set without reading its rows. */
export interface DatasetInfo {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly task: 'classification' | 'regression';
  /** Rows that splits share out; a test part of its own is not among them. */
  readonly rows: number;
  /** Columns of features. */
  readonly features: number;
  /** Inputs that a network has at most, where columns of categories or with missing values take several; absent: `features`. */
  readonly inputs?: number | null;
  /** Number of classes; null for regression. */
  readonly classes: number | null;
  /** Names of the classes in label order; null for regression. */
  readonly classNames: readonly string[] | null;
  /** Height and width of a picture when every row is one (row-major pixels); null otherwise. */
  readonly image: { readonly height: number; readonly width: number } | null;
  /** `sha256:` and the hex digest of the stored file. */
  readonly checksum: string;
  readonly source: string;
  readonly licence: string;
  readonly builtIn: boolean;
  /** Where the rows were collected, when the data set tells (seed 1.1): the web, the app, ... In the order of `Dataset.sources`. */
  readonly sources?: readonly DatasetSource[] | null;
  /** Standard deviation of the targets (regression), the measure of its errors; absent or null when it is not known. */
  readonly targetDeviation?: number | null;
  /** Rows of a test part that came apart from the others; absent or null: there is none, and splits draw one. */
  readonly testRows?: number | null;
  /** Rows of every source in that test part; there when the data set tells its sources too. */
  readonly testSources?: readonly DatasetSource[] | null;
  /** Groups of rows that no split tears apart; absent or null: there are none. */
  readonly groups?: number | null;
  /** Rows of every class in label order, where they were counted: a class may be too small to be split. */
  readonly classRows?: readonly number[] | null;
}

/** One of the places that rows come from. */
export interface DatasetSource {
  readonly name: string;
  readonly rows: number;
}

/** What the numbers of a column of features mean; NaN is a missing value. */
export type FeatureColumn =
  | { readonly kind: 'numeric'; readonly name: string }
  /** A number is a position among the categories. */
  | { readonly kind: 'categorical'; readonly name: string; readonly categories: readonly string[] };

/**
 * Rows in memory, those of a test part of its own last. `features` is row-major, shape [rows, features]; whole numbers from 0 to 255, as
 * pictures are, stay bytes: a quarter of the memory.
 */
export interface Dataset {
  readonly info: DatasetInfo;
  readonly features: Float32Array | Uint8Array;
  /** What every column means; absent: all are numbers, and none is missing. */
  readonly columns?: readonly FeatureColumn[];
  /** Class indices (classification) or target values (regression), shape [rows]. */
  readonly targets: Int32Array | Float32Array;
  /** Index of every row's source among `info.sources`, shape [rows]; there when `info.sources` is. */
  readonly sources?: Int32Array;
  /** Index of every row's group, shape [rows]; there when `info.groups` is. */
  readonly groups?: Int32Array;
}

/**
 * The course's ratios by number of rows (seed 1.1): 60/20/20, 98/1/1 for big data, 99.5 % beyond a million. What a test part of
 * its own makes needless goes to the training rows.
 */
export function defaultSplit(info: Pick<DatasetInfo, 'rows' | 'testRows'>): {
  readonly train: number;
  readonly dev: number;
  readonly test: number;
} {
  const { train, dev, test } = courseSplit(info.rows);
  return hasTestPart(info) ? { train: 1 - dev, dev, test: 0 } : { train, dev, test };
}

export function hasTestPart({ testRows }: Pick<DatasetInfo, 'testRows'>): boolean {
  return testRows !== undefined && testRows !== null && testRows > 0;
}

function courseSplit(rows: number): { readonly train: number; readonly dev: number; readonly test: number } {
  if (rows > 1_000_000) return { train: 0.995, dev: 0.0025, test: 0.0025 };
  if (rows >= 100_000) return { train: 0.98, dev: 0.01, test: 0.01 };
  return { train: 0.6, dev: 0.2, test: 0.2 };
}
