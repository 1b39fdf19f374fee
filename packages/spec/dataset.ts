/** What is known of a data set without reading its rows. */
export interface DatasetInfo {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly task: 'classification' | 'regression';
  readonly rows: number;
  readonly features: number;
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
}

/** One of the places that rows come from. */
export interface DatasetSource {
  readonly name: string;
  readonly rows: number;
}

/** Rows in memory. `features` is row-major, shape [rows, features]. */
export interface Dataset {
  readonly info: DatasetInfo;
  readonly features: Float32Array;
  /** Class indices (classification) or target values (regression), shape [rows]. */
  readonly targets: Int32Array | Float32Array;
  /** Index of every row's source among `info.sources`, shape [rows]; there when `info.sources` is. */
  readonly sources?: Int32Array;
}

/** The course's ratios by number of rows (seed 1.1): 60/20/20, 98/1/1 for big data, 99.5 % beyond a million. */
export function defaultSplit(rows: number): { readonly train: number; readonly dev: number; readonly test: number } {
  if (rows > 1_000_000) return { train: 0.995, dev: 0.0025, test: 0.0025 };
  if (rows >= 100_000) return { train: 0.98, dev: 0.01, test: 0.01 };
  return { train: 0.6, dev: 0.2, test: 0.2 };
}
