import type { DatasetInfo, DatasetSummary, StoredDataset } from '@caviar/spec';

/** A data set on its way into the store. */
export interface NewDataset {
  /** Its id among it. */
  readonly info: DatasetInfo;
  readonly summary: DatasetSummary;
  readonly project: string;
  readonly bytes: number;
}

/** Data sets that people brought, with their content: what training reads, gzipped. */
export interface DatasetStore {
  /**
   * Stores a data set and its content, or nothing. Where the project has the same content already, that one is given and nothing
   * is stored. Throws `dataset-exists` for another content of the same name.
   */
  create(
    dataset: NewDataset,
    content: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly dataset: StoredDataset; readonly created: boolean }>;
  /** By id or name. `project` null: by id alone, of any project. */
  find(idOrName: string, project: string | null): Promise<StoredDataset | null>;
  /** Of a project, or (null) of all; the oldest first. */
  list(project: string | null): Promise<readonly StoredDataset[]>;
  /** Bytes that a project has stored. */
  usedBytes(project: string): Promise<number>;
  /** The content, piece by piece; nothing for one that is gone. */
  content(id: string): AsyncIterable<Uint8Array>;
  /** Deletes it, but not while a search that uses it runs or is paused; gives the id of one. */
  delete(id: string): Promise<{ readonly usedBy: string | null }>;
}
