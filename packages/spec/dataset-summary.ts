import type { DatasetInfo } from './dataset.js';

/** What is known of a column of features or targets, over the rows that splits share out. */
export interface ColumnSummary {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  readonly missing: number;
  /** Different values; null for more than were counted. */
  readonly distinct: number | null;
  /** Of numbers. */
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  readonly deviation?: number;
  /** Of categories, the commonest first. */
  readonly values?: readonly { readonly value: string; readonly rows: number }[];
  /** What makes it suspicious: an id, a constant, a leak of the target, a date. */
  readonly warnings: readonly string[];
}

/** What a column may be that is no feature; a `blank` one has no value in any row. */
export type OtherRole = 'ignore' | 'blank' | 'group' | 'source' | 'test';

/** The first look at a data set. */
export interface DatasetSummary {
  readonly target: ColumnSummary;
  /** The first ones, where there are very many. */
  readonly columns: readonly ColumnSummary[];
  /** Columns that are no features, with what they are. */
  readonly others: readonly { readonly name: string; readonly role: OtherRole }[];
}

/** A data set that somebody brought. */
export interface StoredDataset {
  readonly info: DatasetInfo;
  readonly summary: DatasetSummary;
  /** Bytes that it takes in the store. */
  readonly bytes: number;
  readonly createdAt: Date;
}
