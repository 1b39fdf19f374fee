/** Names of the parts of an upload that are files. */
export const FILE_FIELDS = ['file', 'features', 'labels', 'testFeatures', 'testLabels'] as const;
export type FileField = (typeof FILE_FIELDS)[number];

/** A part of an upload, on the disk. */
export interface UploadedFile {
  readonly field: FileField;
  readonly path: string;
}

/** What an upload may come to. */
export interface IngestLimits {
  /** Bytes of a file, unpacked. */
  readonly unpackedBytes: number;
  /** Rows times columns. */
  readonly cells: number;
}

export const DEFAULT_LIMITS: IngestLimits = { unpackedBytes: 2 * 2 ** 30, cells: 250_000_000 };

/** Columns of features that a network can be thought to take. */
export const MAX_COLUMNS = 20_000;

/** Columns that a summary tells of; pictures have more, and each says little. */
export const MAX_COLUMNS_TOLD = 300;
